package com.nomadicml.beam.status;

import static com.nomadicml.beam.status.StatusRows.AT;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.io.gcp.testing.FakeBigQueryServices;
import org.apache.beam.sdk.io.gcp.testing.FakeDatasetService;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What BigQuery is asked and told of the tables' identities. */
class BigQueryAccountsTest {
  private static final GoogleSql GOOGLE_SQL = GoogleSql.of("project", "dataset");
  private static final BigQueryTable<Account> TABLE =
      new BigQueryTable<>(AccountTable.ACCOUNTS, "project", "dataset");
  private static final Account ACCOUNT =
      Account.of("https://api-prod.nomadicml.com", "it's", null, "o1").added(1, AT);

  private final FakeDatasetService datasets = new FakeDatasetService();
  private final List<String> scripts = new ArrayList<>();
  private final List<Map<String, String>> told = new ArrayList<>();
  private BigQueryStatusStore store;

  @BeforeEach
  void createTables() throws Exception {
    FakeDatasetService.setUp();
    datasets.createDataset("project", "dataset", "", "", null);
    store =
        new BigQueryStatusStore(
            "project",
            "dataset",
            new FakeBigQueryServices().withDatasetService(datasets),
            this::answer,
            BigQueryRetry.of("project.dataset", Duration.ZERO));
    store.createTables();
  }

  @Test
  void identitiesAreReadWithoutTheGuard() {
    assertThat(store.accounts().all()).containsExactly(ACCOUNT);
    assertThat(scripts).singleElement().asString().contains("WHERE account_no > 0 ORDER BY");
  }

  @Test
  void tablesOfAnEarlierVersionBelongToNobodyYet() throws Exception {
    datasets.deleteTable(TABLE.reference());

    assertThat(store.accounts().all()).isEmpty();
    assertThat(scripts).isEmpty();

    store.createTables();

    assertThat(datasets.getTable(TABLE.reference())).isNotNull();
  }

  @Test
  void anIdentityIsAddedInATransactionThatUpdatesARowThatIsThereBefore() {
    store.accounts().add(ACCOUNT);

    assertThat(scripts).hasSize(2);
    assertThat(scripts.get(0)).startsWith("MERGE").doesNotContain("TRANSACTION");
    assertThat(scripts.get(1))
        .containsSubsequence(
            "BEGIN TRANSACTION", "UPDATE", "INSERT INTO", "WHERE NOT EXISTS", "COMMIT TRANSACTION")
        .doesNotContain("it's");
    assertThat(told.get(1))
        .containsEntry("user_id", "it's")
        .containsEntry("uid", "")
        .containsEntry("account_no", "1")
        .containsEntry("added_at", AT.toString());
  }

  @Test
  void anIdentityIsFilledWhereItIsAsItWasSeen() {
    store.accounts().fill(ACCOUNT, ACCOUNT.filledFrom(Account.of("", null, "f1", null)));

    assertThat(scripts.get(1))
        .containsSubsequence("BEGIN TRANSACTION", "UPDATE", "UPDATE", "@seen_uid", "COMMIT");
    assertThat(told.get(1)).containsEntry("uid", "f1").containsEntry("seen_uid", "");
  }

  @Test
  void theOptionsOfAllRunsAreKnown() {
    assertThat(store.runOptions()).containsExactly("{apiUrl=a}");
  }

  private List<Map<String, Object>> answer(
      String project, String sql, Map<String, String> parameters) {
    GOOGLE_SQL.check(sql, parameters.keySet());
    scripts.add(sql);
    told.add(parameters);
    if (sql.contains("DISTINCT options")) {
      return List.of(Map.of("options", "{apiUrl=a}"));
    }
    Map<String, Object> row = new HashMap<>();
    AccountTable.ACCOUNTS
        .columns()
        .forEach(column -> row.put(column.name(), column.valueIn(ACCOUNT)));
    return sql.startsWith("SELECT") ? List.of(row) : List.of();
  }
}
