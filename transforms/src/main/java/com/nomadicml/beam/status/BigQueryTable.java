package com.nomadicml.beam.status;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;

import com.google.api.services.bigquery.model.Clustering;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableConstraints;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableReference;
import com.google.api.services.bigquery.model.TableRow;
import com.google.api.services.bigquery.model.TableSchema;
import java.io.Serializable;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.annotation.Nullable;

/** One status table as BigQuery sees it: its schema, rows, and the columns of a query. */
record BigQueryTable<T>(StatusTable<T> table, String project, String dataset)
    implements Serializable {

  TableReference reference() {
    return new TableReference()
        .setProjectId(project)
        .setDatasetId(dataset)
        .setTableId(table.name());
  }

  TableSchema schema() {
    return new TableSchema().setFields(table.columns().stream().map(this::field).toList());
  }

  Clustering clustering() {
    return new Clustering().setFields(table.key());
  }

  /** What creates the table. The primary key is what makes an upsert of an append. */
  Table definition() {
    return new Table()
        .setTableReference(reference())
        .setSchema(schema())
        .setClustering(clustering())
        .setTableConstraints(
            new TableConstraints()
                .setPrimaryKey(new TableConstraints.PrimaryKey().setColumns(table.key())));
  }

  /** What adds the columns that a table of an earlier version lacks. */
  List<String> missing(Table present) {
    Set<String> names =
        present.getSchema().getFields().stream().map(TableFieldSchema::getName).collect(toSet());
    return table.columns().stream()
        .filter(column -> !names.contains(column.name()))
        .map(
            column ->
                "ALTER TABLE %s ADD COLUMN IF NOT EXISTS %s %s"
                    .formatted(quoted(), column.name(), typeName(column)))
        .toList();
  }

  /** The change sequence number: 16 hexadecimal digits, as BigQuery compares them. */
  String changeSequence(T row) {
    return String.format("%016x", table.sequence().apply(row));
  }

  TableRow toRow(T value) {
    TableRow row = new TableRow();
    for (Column<T> column : table.columns()) {
      Object stored = column.valueIn(value);
      if (stored != null) {
        row.set(
            column.name(), column.type() == Column.Type.TIMESTAMP ? iso((Long) stored) : stored);
      }
    }
    return row;
  }

  /** {@code SELECT … FROM …} with times as epoch milliseconds, for {@link #fromRow}. */
  String select() {
    return "SELECT " + columns("") + " FROM " + quoted();
  }

  /**
   * What {@link #select} selects.
   *
   * @param prefix of each column, as {@code t.} for a table that has an alias
   */
  String columns(String prefix) {
    return table.columns().stream()
        .map(
            column ->
                column.type() == Column.Type.TIMESTAMP
                    ? "UNIX_MILLIS(%1$s%2$s) AS %2$s".formatted(prefix, column.name())
                    : prefix + column.name())
        .collect(joining(", "));
  }

  String quoted() {
    return "`" + project + "." + dataset + "." + table.name() + "`";
  }

  /** A row that {@link #select} yields; numbers and booleans may come as text. */
  T fromRow(Map<String, Object> row) {
    RowValues values = new RowValues(table.name());
    for (Column<T> column : table.columns()) {
      values.with(column.name(), value(column.type(), row.get(column.name())));
    }
    return table.reader().apply(values);
  }

  @Nullable
  private static Object value(Column.Type type, @Nullable Object value) {
    if (value == null) {
      return null;
    }
    return switch (type) {
      case KEY, TEXT -> value.toString();
      case LONG, TIMESTAMP -> Long.valueOf(value.toString());
      case BOOLEAN -> Boolean.valueOf(value.toString());
    };
  }

  private static String iso(long millis) {
    return Instant.ofEpochMilli(millis).toString();
  }

  private static String typeName(Column<?> column) {
    return switch (column.type()) {
      case KEY, TEXT -> "STRING";
      case LONG -> "INT64";
      case BOOLEAN -> "BOOL";
      case TIMESTAMP -> "TIMESTAMP";
    };
  }

  private TableFieldSchema field(Column<T> column) {
    return new TableFieldSchema()
        .setName(column.name())
        .setType(typeName(column))
        .setMode(column.required() ? "REQUIRED" : "NULLABLE");
  }
}
