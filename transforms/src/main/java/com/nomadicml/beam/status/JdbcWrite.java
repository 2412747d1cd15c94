package com.nomadicml.beam.status;

import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.PCollection;

/** Upserts rows into a table of a JDBC database. */
final class JdbcWrite<T> extends PTransform<PCollection<T>, PCollection<Void>> {
  private final JdbcUpsert<T> upsert;

  JdbcWrite(JdbcUpsert<T> upsert) {
    this.upsert = upsert;
  }

  @Override
  public PCollection<Void> expand(PCollection<T> rows) {
    return rows.apply("Upsert", ParDo.of(new UpsertFn<>(upsert)));
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder
        .add(DisplayData.item("database", upsert.database().toString()))
        .add(DisplayData.item("table", upsert.table().name()));
  }
}
