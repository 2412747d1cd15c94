package com.nomadicml.beam.status;

import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.SerializableFunction;

/** Reads the rows of one destination, as the query says. */
final class ReadRowsFn<T> extends DoFn<String, T> {
  private final JdbcQuery query;
  private final StatusTable<T> table;
  private final SerializableFunction<String, List<String>> parameters;

  ReadRowsFn(
      JdbcQuery query,
      StatusTable<T> table,
      SerializableFunction<String, List<String>> parameters) {
    this.query = query;
    this.table = table;
    this.parameters = parameters;
  }

  @ProcessElement
  public void process(@Element String destination, OutputReceiver<T> out) {
    query.forEach(
        query.database().dialect().rows(table), parameters.apply(destination), out::output);
  }
}
