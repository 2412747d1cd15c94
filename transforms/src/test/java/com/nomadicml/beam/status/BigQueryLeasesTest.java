package com.nomadicml.beam.status;

import static com.nomadicml.beam.status.StatusRows.AT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a run makes of BigQuery's answers about who holds a lease. */
class BigQueryLeasesTest {
  private static final GoogleSql GOOGLE_SQL = GoogleSql.of("project", "dataset");
  private static final BigQueryTable<Lease> TABLE =
      new BigQueryTable<>(LeaseTable.LEASES, "project", "dataset");

  private final Deque<Map<String, Object>> answers = new ArrayDeque<>();
  private final List<Map<String, String>> asked = new ArrayList<>();
  private final List<String> scripts = new ArrayList<>();
  private final BigQueryLeases leases =
      new BigQueryLeases(TABLE, this::answer, Clock.fixed(AT, ZoneOffset.UTC));

  /** What the table has before a lease is taken. */
  private List<Map<String, Object>> before = List.of();

  @Test
  void aLeaseThatBigQueryGaveIsHeld() {
    answers.add(heldBy("r1", HolderProcess.current()));

    assertThatCode(() -> acquire("r1")).doesNotThrowAnyException();

    assertThat(asked)
        .singleElement()
        .satisfies(
            parameters ->
                assertThat(parameters)
                    .containsEntry("destination", "user/it's")
                    .containsEntry("now", AT.toString())
                    .containsEntry("expires_at", AT.plusSeconds(120).toString())
                    .containsEntry("kind", "STREAM"));
    assertThat(scripts).noneMatch(sql -> sql.contains("it's"));
  }

  @Test
  void theLeaseIsChangedInOneTransactionThatUpdatesARowThatAllUpdate() {
    answers.add(heldBy("r1", HolderProcess.current()));

    acquire("r1");

    assertThat(scripts.get(0))
        .containsSubsequence(
            "BEGIN TRANSACTION;\nUPDATE", "DELETE", "INSERT INTO", "COMMIT TRANSACTION", "SELECT");
  }

  @Test
  void whoHoldsItIsNamed() {
    HolderProcess elsewhere = new HolderProcess("etl@host-2 (pid 7)", "other", "other||1|2");
    answers.add(heldBy("r0", elsewhere));

    assertThatThrownBy(() -> acquire("r1"))
        .isInstanceOf(LeaseHeldException.class)
        .hasMessageContainingAll("run r0", "etl@host-2 (pid 7)", "user/it's");
  }

  @Test
  void theLeaseOfAProcessThatDiedHereIsTakenOver() throws Exception {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    String machine = HolderProcess.current().machine();
    answers.add(
        heldBy("r0", new HolderProcess("it", machine, machine + "|" + process.pid() + "|1")));
    answers.add(heldBy("r1", HolderProcess.current()));

    acquire("r1");

    assertThat(asked)
        .extracting(parameters -> parameters.get("dead_run"))
        .containsExactly("r1", "r0");
  }

  @Test
  void tellsWhosePlaceItTakes() {
    before = List.of(heldBy("r0", HolderProcess.current()));
    answers.add(heldBy("r1", HolderProcess.current()));

    assertThat(acquire("r1")).extracting(Lease::getRunId).containsExactly("r0");

    before = List.of(heldBy("r1", HolderProcess.current()));
    answers.add(heldBy("r1", HolderProcess.current()));

    assertThat(acquire("r1")).isEmpty();
  }

  @Test
  void aRunThatLostItsLeaseLearnsIt() {
    answers.add(Map.of("held", "0"));
    answers.add(Map.of("held", "2"));

    assertThat(leases.renew("r1", Duration.ofMinutes(2))).isZero();
    assertThat(leases.renew("r1", Duration.ofMinutes(2))).isEqualTo(2);
  }

  @Test
  void aReleaseTakesTheRunsLeasesOnly() {
    leases.release("r1");

    assertThat(scripts)
        .singleElement()
        .satisfies(sql -> assertThat(sql).endsWith("WHERE run_id = @run_id"));
    assertThat(asked).containsExactly(Map.of("run_id", "r1"));
  }

  private List<Lease> acquire(String runId) {
    return leases.acquire(claim(runId, HolderProcess.current()), Duration.ofMinutes(2));
  }

  private static LeaseClaim claim(String runId, HolderProcess process) {
    return new LeaseClaim("user/it's", runId, process, Lease.Kind.STREAM);
  }

  private List<Map<String, Object>> answer(
      String project, String sql, Map<String, String> parameters) {
    GOOGLE_SQL.check(sql, parameters.keySet());
    if (sql.startsWith("SELECT")) {
      assertThat(parameters).isEqualTo(Map.of("destination", "user/it's"));
      return before;
    }
    scripts.add(sql);
    asked.add(parameters);
    return answers.isEmpty() ? List.of() : List.of(answers.remove());
  }

  private static Map<String, Object> heldBy(String runId, HolderProcess process) {
    Lease lease = claim(runId, process).at(AT, Duration.ofMinutes(2));
    Map<String, Object> row = new HashMap<>();
    LeaseTable.LEASES.columns().forEach(column -> row.put(column.name(), column.valueIn(lease)));
    return row;
  }
}
