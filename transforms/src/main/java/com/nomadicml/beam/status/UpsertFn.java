package com.nomadicml.beam.status;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;

/**
 * Upserts rows in batches within a bundle; has no output.
 *
 * <p>A bundle is done only when its last batch is written, so what waits for the (empty) output
 * waits for the rows.
 */
final class UpsertFn<T> extends DoFn<T, Void> {
  private static final int MAX_BATCH = 1_000;

  private final JdbcUpsert<T> upsert;
  private transient List<T> rows;

  UpsertFn(JdbcUpsert<T> upsert) {
    this.upsert = upsert;
  }

  @StartBundle
  public void startBundle() {
    rows = new ArrayList<>();
  }

  @ProcessElement
  public void process(@Element T row) {
    rows.add(row);
    if (rows.size() >= MAX_BATCH) {
      flush();
    }
  }

  @FinishBundle
  public void finishBundle() {
    flush();
  }

  private void flush() {
    upsert.write(rows);
    rows.clear();
  }
}
