package com.nomadicml.beam.status;

import static com.nomadicml.beam.status.StatusRows.AT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What holds for the leases of every database. */
interface LeasesContract {
  Instant LATER = AT.plusSeconds(120);

  /** The store under test, its tables created. */
  StatusStore store();

  @Test
  default void aLeaseIsHeldByOneRun() {
    acquire("user/a", "r1", AT);

    assertThatThrownBy(() -> acquire("user/a", "r2", AT.plusSeconds(1)))
        .isInstanceOf(LeaseHeldException.class)
        .hasMessageContaining("run r1")
        .hasMessageContaining(HolderProcess.current().name())
        .hasMessageContaining("user/a")
        .hasMessageContaining(LATER.toString());
  }

  @Test
  default void aRunMayTakeItsOwnLeaseAgain() {
    acquire("user/a", "r1", AT);

    assertThatCode(() -> acquire("user/a", "r1", AT.plusSeconds(1))).doesNotThrowAnyException();
  }

  @Test
  default void destinationsAreHeldOneByOne() {
    acquire("user/a", "r1", AT);

    assertThatCode(() -> acquire("user/b", "r2", AT)).doesNotThrowAnyException();
  }

  @Test
  default void anExpiredLeaseIsTakenOver() {
    acquire("user/a", "r1", AT);

    acquire("user/a", "r2", LATER.plusSeconds(1));

    assertThat(store().leases().renew("r1", LATER.plusSeconds(60))).isZero();
    assertThat(store().leases().renew("r2", LATER.plusSeconds(60))).isEqualTo(1);
  }

  @Test
  default void tellsWhoHasHeldADestination() {
    assertThat(store().leases().holder("user/a")).isEmpty();
    acquire("user/a", "r1", AT);

    assertThat(store().leases().holder("user/a"))
        .hasValueSatisfying(
            lease -> {
              assertThat(lease.getRunId()).isEqualTo("r1");
              assertThat(lease.getExpiresAt()).isEqualTo(LATER.toEpochMilli());
            });
    assertThat(store().leases().holder("user/b")).isEmpty();
  }

  @Test
  default void aRenewedLeaseLastsLonger() {
    acquire("user/a", "r1", AT);

    assertThat(store().leases().renew("r1", LATER.plusSeconds(60))).isEqualTo(1);

    assertThatThrownBy(() -> acquire("user/a", "r2", LATER.plusSeconds(1)))
        .isInstanceOf(LeaseHeldException.class);
  }

  @Test
  default void aReleasedLeaseIsFree() {
    acquire("user/a", "r1", AT);

    store().leases().release("r1");

    assertThatCode(() -> acquire("user/a", "r2", AT)).doesNotThrowAnyException();
  }

  @Test
  default void theLeaseOfAProcessThatDiedHereIsTakenOverAtOnce() throws Exception {
    Process process = new ProcessBuilder("true").start();
    long pid = process.pid();
    process.waitFor();
    HolderProcess here = HolderProcess.current();
    acquire("user/a", "r1", AT, new HolderProcess("it", here.machine(), identity(here, pid)));

    assertThatCode(() -> acquire("user/a", "r2", AT)).doesNotThrowAnyException();
  }

  @Test
  default void aProcessOfAnotherMachineIsNotTakenForDead() {
    acquire("user/a", "r1", AT, new HolderProcess("it", "other", "other||1|2"));

    assertThatThrownBy(() -> acquire("user/a", "r2", AT)).isInstanceOf(LeaseHeldException.class);
  }

  @Test
  default void ofManyThatTryAtOnceOneSucceeds() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Boolean>> tries =
          IntStream.range(0, 8).<Callable<Boolean>>mapToObj(i -> () -> tryAs("r" + i)).toList();
      int successes = 0;
      for (Future<Boolean> attempt : pool.invokeAll(tries)) {
        successes += attempt.get() ? 1 : 0;
      }
      assertThat(successes).isEqualTo(1);
    } finally {
      pool.shutdownNow();
    }
  }

  private boolean tryAs(String runId) {
    try {
      acquire("user/a", runId, AT);
      return true;
    } catch (LeaseHeldException e) {
      return false;
    }
  }

  private void acquire(String destination, String runId, Instant at) {
    acquire(destination, runId, at, HolderProcess.current());
  }

  private void acquire(String destination, String runId, Instant at, HolderProcess process) {
    store().leases().acquire(Lease.of(destination, runId, process, at, at.plusSeconds(120)), at);
  }

  private static String identity(HolderProcess here, long pid) {
    return here.machine() + "|" + pid + "|1";
  }
}
