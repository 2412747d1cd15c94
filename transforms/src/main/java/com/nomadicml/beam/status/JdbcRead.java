package com.nomadicml.beam.status;

import java.util.List;
import org.apache.beam.sdk.transforms.Distinct;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;

/** Reads the rows of some destinations from a table of a JDBC database. */
final class JdbcRead<T> extends PTransform<PCollection<String>, PCollection<T>> {
  private final JdbcQuery query;
  private final StatusTable<T> table;
  private final SerializableFunction<String, List<String>> parameters;

  /** {@code parameters} are those of the query, for one destination. */
  JdbcRead(
      JdbcQuery query,
      StatusTable<T> table,
      SerializableFunction<String, List<String>> parameters) {
    this.query = query;
    this.table = table;
    this.parameters = parameters;
  }

  @Override
  public PCollection<T> expand(PCollection<String> destinations) {
    return destinations
        .apply("Distinct", Distinct.create())
        .apply("Read", ParDo.of(new ReadRowsFn<>(query, table, parameters)))
        .setTypeDescriptor(TypeDescriptor.of(table.type()));
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder
        .add(DisplayData.item("database", query.database().toString()))
        .add(DisplayData.item("table", table.name()));
  }
}
