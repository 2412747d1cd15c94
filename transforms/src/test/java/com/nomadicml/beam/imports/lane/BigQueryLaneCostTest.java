package com.nomadicml.beam.imports.lane;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.status.BigQueryModel;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What an import costs in BigQuery, counted over a model of it; docs/tables.md says the same. */
class BigQueryLaneCostTest {
  private static final int ITEMS = 10;

  private record Cost(long queries, long rows, long bytes) {
    Cost minus(Cost other) {
      return new Cost(queries - other.queries, rows - other.rows, bytes - other.bytes);
    }
  }

  @Test
  void moreBatchesCostAFewMoreQueriesAndSixRowsAnItem() {
    int fewer = 32;
    int batches = 96;
    Cost more = cost(fewer + batches).minus(cost(fewer));

    // One query for the rows of 32 batches that are sent, and one for those that are read.
    assertThat(more.queries()).isLessThanOrEqualTo(batches / 8);
    // An item is written three times, beside its batch too; a batch has some rows of its own.
    long ofItems = 6L * batches * ITEMS;
    assertThat(more.rows()).isBetween(ofItems, ofItems + 16L * batches);
    long bytesOfTenMillion = more.bytes() / ((long) batches * ITEMS) * 10_000_000;
    assertThat(bytesOfTenMillion).isLessThan(40_000_000_000L);
  }

  @Test
  void noQueryIsMadeForASingleBatch() {
    cost(64);

    long ofItems =
        BigQueryModel.ASKED.stream()
            .filter(sql -> sql.contains("import_items` WHERE batch_id IN"))
            .count();
    assertThat(ofItems).isLessThanOrEqualTo(2 + 64 / 8);
    assertThat(BigQueryModel.ASKED).noneMatch(sql -> sql.contains("@batch_id"));
  }

  /** Plans batches and has a lane import them. */
  private static Cost cost(int batches) {
    LaneFixture fixture = LaneFixture.inBigQuery(new Random(1));
    fixture.isHeld = true;
    fixture.api.hidden = Duration.ZERO;
    for (int i = 0; i < batches; i++) {
      fixture.plan("b" + i % 2, i * ITEMS, ITEMS);
    }
    fixture.begin(LaneFixture.rules(""));
    BigQueryModel.ASKED.clear();
    assertThat(fixture.runToTheEnd().kind()).isEqualTo(Ending.Kind.DONE);
    assertThat(fixture.states()).containsExactly("UPLOADED|" + batches * ITEMS);
    return new Cost(
        BigQueryModel.ASKED.size(), BigQueryModel.ROWS.get(), BigQueryModel.BYTES.get());
  }
}
