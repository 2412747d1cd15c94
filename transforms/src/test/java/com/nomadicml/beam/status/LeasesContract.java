package com.nomadicml.beam.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nomadicml.beam.status.Lease.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What holds for the leases of SQLite and PostgreSQL, by the database's own clock. */
interface LeasesContract {
  Duration TIME = Duration.ofMinutes(2);

  /** The store under test, its tables created. */
  StatusStore store();

  void execute(String sql) throws Exception;

  @Test
  default void aLeaseIsHeldByOneRun() {
    acquire("user/a", "r1");

    assertThatThrownBy(() -> acquire("user/a", "r2"))
        .isInstanceOf(LeaseHeldException.class)
        .hasMessageContaining("run r1")
        .hasMessageContaining(HolderProcess.current().name())
        .hasMessageContaining("user/a");
  }

  @Test
  default void aRunMayTakeItsOwnLeaseAgain() {
    acquire("user/a", "r1");

    assertThat(acquire("user/a", "r1")).isEmpty();
  }

  @Test
  default void destinationsAreHeldOneByOne() {
    acquire("user/a", "r1");

    assertThatCode(() -> acquire("user/b", "r2")).doesNotThrowAnyException();
  }

  @Test
  default void anExpiredLeaseIsTakenOver() throws Exception {
    acquire("user/a", "r1");
    expire("r1");

    acquire("user/a", "r2");

    assertThat(store().leases().renew("r1", TIME)).isZero();
    assertThat(store().leases().renew("r2", TIME)).isEqualTo(1);
  }

  @Test
  default void tellsWhosePlaceItTakes() throws Exception {
    assertThat(acquire("user/a", "r1")).isEmpty();
    execute("UPDATE import_leases SET expires_at = '2001-01-01T00:00:00.000Z'");

    assertThat(acquire("user/b", "r2")).isEmpty();
    assertThat(acquire("user/a", "r2"))
        .singleElement()
        .satisfies(
            lease -> {
              assertThat(lease.getRunId()).isEqualTo("r1");
              assertThat(lease.getKind()).isEqualTo(Kind.BATCH);
              assertThat(lease.getExpiresAt())
                  .isEqualTo(Instant.parse("2001-01-01T00:00:00Z").toEpochMilli());
            });
  }

  @Test
  default void aRenewedLeaseLastsLonger() throws Exception {
    acquire("user/a", "r1");
    expire("r1");

    assertThat(store().leases().renew("r1", TIME)).isEqualTo(1);

    assertThatThrownBy(() -> acquire("user/a", "r2")).isInstanceOf(LeaseHeldException.class);
  }

  @Test
  default void aReleasedLeaseIsFree() {
    acquire("user/a", "r1");

    store().leases().release("r1");

    assertThat(acquire("user/a", "r2")).isEmpty();
  }

  @Test
  default void theLeaseOfAProcessThatDiedHereIsTakenOverAtOnce() throws Exception {
    acquire("user/a", "r1", Kind.BATCH, dead());

    assertThatCode(() -> acquire("user/a", "r2")).doesNotThrowAnyException();
  }

  @Test
  default void whatOthersCarryOutEndsByItsExpiryAlone() throws Exception {
    acquire("user/a", "r1", Kind.BATCH, dead().ofOthers());

    assertThatThrownBy(() -> acquire("user/a", "r2")).isInstanceOf(LeaseHeldException.class);
  }

  @Test
  default void aProcessOfAnotherMachineIsNotTakenForDead() {
    acquire("user/a", "r1", Kind.BATCH, new HolderProcess("it", "other", "other||1|2"));

    assertThatThrownBy(() -> acquire("user/a", "r2")).isInstanceOf(LeaseHeldException.class);
  }

  @Test
  default void ofManyThatTryAtOnceOneSucceeds() throws Exception {
    assertThat(succeed(IntStream.range(0, 8).mapToObj(i -> claim("user/a", i, Kind.BATCH))))
        .hasSize(1);
  }

  @Test
  default void aStreamAndABatchShareNoTables() {
    acquire("user/a", "b1", Kind.BATCH);

    assertThatThrownBy(() -> acquire("user/b", "s1", Kind.STREAM))
        .isInstanceOf(LeaseHeldException.class)
        .hasMessageContaining("run b1 (" + HolderProcess.current().name() + ", since ")
        .hasMessageContaining("), a batch, is at work on these status tables")
        .hasMessageContaining("a stream and a batch can't share a table at once")
        .hasMessageContaining("Wait for its end or stop it, or name another --statusTable");

    store().leases().release("b1");
    acquire("user/b", "s1", Kind.STREAM);
    assertThatCode(() -> acquire("user/c", "s2", Kind.STREAM)).doesNotThrowAnyException();
    for (String destination : List.of("user/a", "user/b")) {
      assertThatThrownBy(() -> acquire(destination, "b2", Kind.BATCH))
          .isInstanceOf(LeaseHeldException.class)
          .hasMessageContaining(", a stream, is at work");
    }
  }

  @Test
  default void aStreamThatLapsedLearnsThatABatchHasBegun() throws Exception {
    acquire("user/a", "s1", Kind.STREAM);
    expire("s1");

    assertThat(acquire("user/b", "b1", Kind.BATCH))
        .extracting(Lease::getRunId)
        .containsExactly("s1");

    assertThat(store().leases().renew("s1", TIME)).isZero();
  }

  @Test
  default void aStreamThatDiedHereIsInNobodysWay() throws Exception {
    acquire("user/a", "s1", Kind.STREAM, dead());

    assertThatCode(() -> acquire("user/b", "b1", Kind.BATCH)).doesNotThrowAnyException();
  }

  /** As many destinations as runs, so that nothing but their kind keeps them apart. */
  @Test
  default void ofStreamsAndBatchesThatBeginAtOnceOneKindIsAtWork() throws Exception {
    List<LeaseClaim> atWork =
        succeed(
            IntStream.range(0, 8)
                .mapToObj(i -> claim("user/" + i, i, i % 2 == 0 ? Kind.BATCH : Kind.STREAM)));

    assertThat(atWork.stream().map(LeaseClaim::kind).distinct()).hasSize(1);
    assertThat(atWork).hasSize(4);
  }

  @Test
  default void aRunOfAnEarlierVersionMayBeAStream() throws Exception {
    execute("DROP INDEX import_leases_by_kind");
    execute("ALTER TABLE import_leases DROP COLUMN kind");
    execute(
        "INSERT INTO import_leases"
            + " (destination, run_id, holder, process, acquired_at, expires_at) VALUES ('user/a',"
            + " 'old', 'it', 'other||1|2', '2001-01-01T00:00:00.000Z', '2999-01-01T00:00:00.000Z')");
    store().createTables();

    assertThatThrownBy(() -> acquire("user/b", "b1", Kind.BATCH))
        .isInstanceOf(LeaseHeldException.class)
        .hasMessageContaining("of an earlier version and maybe a stream");
    assertThatThrownBy(() -> acquire("user/a", "b1", Kind.BATCH))
        .hasMessageContaining("is importing into user/a");
    assertThatCode(() -> acquire("user/b", "s1", Kind.STREAM)).doesNotThrowAnyException();
  }

  /** Those that took their lease, of some that try at once. */
  private List<LeaseClaim> succeed(Stream<LeaseClaim> claims) throws Exception {
    List<LeaseClaim> wanted = claims.toList();
    ExecutorService pool = Executors.newFixedThreadPool(wanted.size());
    try {
      List<Future<Boolean>> tries =
          pool.invokeAll(
              wanted.stream().<Callable<Boolean>>map(claim -> () -> isTaken(claim)).toList());
      List<LeaseClaim> taken = new ArrayList<>();
      for (int i = 0; i < tries.size(); i++) {
        if (tries.get(i).get()) {
          taken.add(wanted.get(i));
        }
      }
      return taken;
    } finally {
      pool.shutdownNow();
    }
  }

  private boolean isTaken(LeaseClaim claim) {
    try {
      store().leases().acquire(claim, TIME);
      return true;
    } catch (LeaseHeldException e) {
      return false;
    }
  }

  private void expire(String runId) throws Exception {
    execute(
        "UPDATE import_leases SET expires_at = '2001-01-01T00:00:00.000Z' WHERE run_id = '"
            + runId
            + "'");
  }

  private List<Lease> acquire(String destination, String runId) {
    return acquire(destination, runId, Kind.BATCH);
  }

  private List<Lease> acquire(String destination, String runId, Kind kind) {
    return acquire(destination, runId, kind, HolderProcess.current());
  }

  private List<Lease> acquire(String destination, String runId, Kind kind, HolderProcess process) {
    return store().leases().acquire(new LeaseClaim(destination, runId, process, kind), TIME);
  }

  private static LeaseClaim claim(String destination, int run, Kind kind) {
    return new LeaseClaim(destination, "r" + run, HolderProcess.current(), kind);
  }

  private static HolderProcess dead() throws Exception {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    String machine = HolderProcess.current().machine();
    return new HolderProcess("it", machine, machine + "|" + process.pid() + "|1");
  }
}
