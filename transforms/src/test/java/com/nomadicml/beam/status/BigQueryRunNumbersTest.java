package com.nomadicml.beam.status;

import static com.nomadicml.beam.status.StatusRows.AT;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.api.services.bigquery.model.TableReference;
import com.nomadicml.beam.api.RequestBudget;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.io.gcp.testing.FakeDatasetService;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How far runs are over a model of BigQuery, each query checked by its own analyzer. */
class BigQueryRunNumbersTest implements RunNumbersContract {
  private StatusStore store;

  @BeforeEach
  void createTables() {
    store = BigQueryModel.fresh();
  }

  @Override
  public StatusStore store() {
    return store;
  }

  /** By its query, as the fake makes views but does not read them. */
  @Override
  public List<Map<String, Object>> rows(StatusView view) {
    String sql = "SELECT * FROM (" + view.query() + ")";
    return ((BigQueryStatusStore) store).queryNamed(sql, Map.of());
  }

  @Test
  void theViewsAreMadeWithTheTables() throws Exception {
    BigQueryStatusStore tables = (BigQueryStatusStore) store;
    for (StatusView view : StatusView.ALL) {
      TableReference reference =
          new TableReference()
              .setProjectId(tables.project())
              .setDatasetId(tables.dataset())
              .setTableId(view.name());
      assertThat(new FakeDatasetService().getTable(reference).getView().getQuery())
          .contains("FROM `" + tables.project() + "." + tables.dataset() + ".import_")
          .doesNotContain(" import_");
    }
    store.createTables();
  }

  @Test
  void aLookReadsNoTableWithARowAnItem() {
    store.recordRun(StatusRows.run("run'1", AT, 1));
    BigQueryModel.ASKED.clear();

    RunNumbers.Question question =
        new RunNumbers.Question(AT.minusSeconds(900), RequestBudget.dayOf(AT), 2);
    assertThat(store.numbers().orElseThrow().of("run'1", question)).isPresent();

    assertThat(BigQueryModel.ASKED)
        .isNotEmpty()
        .noneMatch(sql -> sql.contains("import_videos"))
        .noneMatch(sql -> sql.contains("import_items"))
        .noneMatch(sql -> sql.contains("run'1"));
  }

  /** docs/tables.md says what they cost. */
  @Test
  void reasonsReadSevenColumnsOfAllItems() {
    BigQueryModel.ASKED.clear();
    store.numbers().orElseThrow().reasons("run-1", 3);

    assertThat(BigQueryModel.ASKED).hasSize(1);
    String sql = BigQueryModel.ASKED.get(0);
    assertThat(VideoTable.VIDEOS.columnNames())
        .filteredOn(column -> sql.matches("(?s).*\\b" + column + "\\b.*"))
        .containsExactlyInAnyOrder(
            "provider", "bucket", "destination", "state", "error_code", "error_message", "run_id");
  }
}
