package com.nomadicml.beam.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Leases over a model of BigQuery. */
class BigQueryLeasesTest implements LeasesContract {
  private StatusStore store;

  @BeforeEach
  void createTables() {
    store = BigQueryModel.fresh();
  }

  @Override
  public StatusStore store() {
    return store;
  }

  @Override
  public void execute(String sql) {
    // A table of an earlier version has its column by now, and a row of then has nothing there.
    if (!sql.startsWith("DROP") && !sql.startsWith("ALTER")) {
      BigQueryModel.query(sql.replaceAll("'[\\d-]{10}T[\\d:.]+Z'", "TIMESTAMP($0)"));
    }
  }

  @Test
  void aLeaseIsChangedInOneTransactionThatUpdatesARowThatAllUpdate() {
    BigQueryModel.ASKED.clear();

    acquire("user/it's", "r1");

    assertThat(BigQueryModel.ASKED).hasSize(2).noneMatch(sql -> sql.contains("it's"));
    assertThat(BigQueryModel.ASKED.get(1))
        .containsSubsequence(
            "BEGIN TRANSACTION;\nUPDATE", "DELETE", "INSERT INTO", "COMMIT TRANSACTION", "SELECT");
  }

  /** Of two that have seen nobody, the second learns of the first. */
  @Test
  void whoComesInBetweenIsSeen() {
    BigQueryStatusStore tables = (BigQueryStatusStore) store;
    List<String> asked = new ArrayList<>();
    BigQueryQueries late =
        (project, sql, parameters) -> {
          if (sql.startsWith("INSERT") && asked.isEmpty()) {
            asked.add(sql);
            acquire("user/a", "r1");
          }
          return tables.queries().run(project, sql, parameters);
        };
    Leases leases =
        new BigQueryStatusStore(
                tables.project(), tables.dataset(), tables.services(), late, tables.retry())
            .leases();

    assertThatThrownBy(
            () ->
                leases.acquire(
                    new LeaseClaim("user/a", "r2", HolderProcess.current(), Lease.Kind.BATCH),
                    TIME))
        .isInstanceOf(LeaseHeldException.class)
        .hasMessageContaining("run r1");
  }

  private void acquire(String destination, String runId) {
    store
        .leases()
        .acquire(
            new LeaseClaim(destination, runId, HolderProcess.current(), Lease.Kind.BATCH),
            Duration.ofMinutes(2));
  }
}
