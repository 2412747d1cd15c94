package com.nomadicml.beam.imports.lane;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.status.BigQueryModel;
import java.time.Duration;
import java.time.Instant;
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

  @Test
  void aStreamThatWaitsAsksTwoSmallTablesEveryTenSecondsAndEveryThirty() {
    LaneFixture fixture = stream();
    BigQueryModel.ASKED.clear();
    workFor(fixture, Duration.ofHours(1));

    assertThat(BigQueryModel.ASKED.stream().filter(sql -> sql.contains("import_arrivals`")))
        .hasSizeBetween(359, 361);
    assertThat(BigQueryModel.ASKED.stream().filter(sql -> sql.contains("import_events`")))
        .hasSizeBetween(119, 121);
    assertThat(BigQueryModel.ASKED)
        .hasSizeLessThan(483)
        .noneMatch(sql -> sql.contains("import_videos"));
  }

  /** Of its row, its items by batch, and whose they are; items are written once more. */
  @Test
  void aSendOfAStreamAsksThreeTimes() {
    LaneFixture fixture = stream();
    int batches = 20;
    workFor(fixture, Duration.ofMinutes(1));
    BigQueryModel.ASKED.clear();
    long rows = BigQueryModel.ROWS.get();
    for (int i = 0; i < batches; i++) {
      fixture.planLater("b", i * ITEMS, ITEMS);
      workFor(fixture, Duration.ofMinutes(1));
    }

    assertThat(fixture.states()).containsExactly("UPLOADED|" + batches * ITEMS);
    long queries =
        BigQueryModel.ASKED.stream()
            .filter(sql -> !sql.contains("FROM `model.dataset.import_arrivals`"))
            .filter(sql -> !sql.contains("FROM `model.dataset.import_events`"))
            .filter(sql -> !sql.contains("import_leases"))
            .count();
    assertThat(queries).isLessThanOrEqualTo(3L * batches + 2);
    long ofItems = 8L * batches * ITEMS;
    assertThat(BigQueryModel.ROWS.get() - rows).isBetween(ofItems - 1, ofItems + 20L * batches);
  }

  private static LaneFixture stream() {
    LaneFixture fixture = LaneFixture.inBigQuery(new Random(1));
    fixture.isHeld = true;
    fixture.api.hidden = Duration.ZERO;
    fixture.begin(LaneFixture.rules("").endless());
    return fixture;
  }

  private static void workFor(LaneFixture fixture, Duration time) {
    Instant until = fixture.clock.instant().plus(time);
    while (fixture.clock.instant().isBefore(until)) {
      fixture.takeOne();
    }
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
