package com.nomadicml.beam.status;

import static com.nomadicml.beam.status.StatusRows.AT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
  private final BigQueryLeases leases = new BigQueryLeases(TABLE, this::answer);

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
                    .containsEntry("expires_at", AT.plusSeconds(120).toString()));
    assertThat(scripts).noneMatch(sql -> sql.contains("it's"));
  }

  @Test
  void theLeaseIsChangedInOneTransactionThatUpdatesARowThatAllUpdate() {
    answers.add(heldBy("r1", HolderProcess.current()));

    acquire("r1");

    assertThat(scripts.get(0))
        .startsWith("BEGIN TRANSACTION;\nMERGE")
        .containsSubsequence("MERGE", "DELETE", "INSERT INTO", "COMMIT TRANSACTION", "SELECT");
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
  void tellsWhoHasHeldADestination() {
    answers.add(heldBy("r0", HolderProcess.current()));

    assertThat(leases.holder("user/it's").map(Lease::getRunId)).contains("r0");
    assertThat(leases.holder("user/it's")).isEmpty();
    assertThat(asked).containsOnly(Map.of("destination", "user/it's"));
  }

  @Test
  void aRunThatLostItsLeaseLearnsIt() {
    answers.add(Map.of("held", "0"));
    answers.add(Map.of("held", "2"));

    assertThat(leases.renew("r1", AT)).isZero();
    assertThat(leases.renew("r1", AT)).isEqualTo(2);
  }

  @Test
  void aReleaseTakesTheRunsLeasesOnly() {
    leases.release("r1");

    assertThat(scripts)
        .singleElement()
        .satisfies(sql -> assertThat(sql).endsWith("WHERE run_id = @run_id"));
    assertThat(asked).containsExactly(Map.of("run_id", "r1"));
  }

  private void acquire(String runId) {
    leases.acquire(
        Lease.of("user/it's", runId, HolderProcess.current(), AT, AT.plusSeconds(120)), AT);
  }

  private List<Map<String, Object>> answer(
      String project, String sql, Map<String, String> parameters) {
    GOOGLE_SQL.check(sql, parameters.keySet());
    scripts.add(sql);
    asked.add(parameters);
    return answers.isEmpty() ? List.of() : List.of(answers.remove());
  }

  private static Map<String, Object> heldBy(String runId, HolderProcess process) {
    Lease lease = Lease.of("user/it's", runId, process, AT, AT.plusSeconds(120));
    Map<String, Object> row = new HashMap<>();
    LeaseTable.LEASES.columns().forEach(column -> row.put(column.name(), column.valueIn(lease)));
    return row;
  }
}
