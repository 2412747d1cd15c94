package com.nomadicml.beam.status;

import static com.nomadicml.beam.status.StatusRows.AT;
import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.api.RequestBudget;
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
}
