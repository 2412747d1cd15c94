package com.nomadicml.beam.status;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.beam.sdk.transforms.SerializableFunction;

/**
 * One status table. Its one list of columns drives the DDL, the upsert, the reading and the
 * BigQuery schema. A column that is added later is optional: tables of earlier versions get it
 * empty.
 *
 * @param key the columns of the primary key, the first ones of the table
 * @param sequence the order of writes to one row: a larger one replaces a smaller one
 */
record StatusTable<T>(
    Class<T> type,
    String name,
    List<Column<T>> columns,
    List<String> key,
    List<TableIndex> indexes,
    SerializableFunction<T, Long> sequence,
    SerializableFunction<RowValues, T> reader)
    implements Serializable {

  /** Its name says it all: a runner serializes what writes it for every bundle. */
  private Object writeReplace() {
    return new Reference(name);
  }

  private record Reference(String name) implements Serializable {
    private Object readResolve() {
      return Stream.concat(
              Stream.of(
                  VideoTable.VIDEOS,
                  VideoTable.ITEMS,
                  JobTable.JOBS,
                  RunTable.RUNS,
                  AccountTable.ACCOUNTS,
                  LeaseTable.LEASES),
              LaneTables.all().stream())
          .filter(table -> table.name().equals(name))
          .findAny()
          .orElseThrow();
    }
  }

  List<String> columnNames() {
    return columns.stream().map(Column::name).toList();
  }

  /** One text by primary key, as it is stored. */
  String keyOf(T row) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < key.size(); i++) {
      text.append(i == 0 ? "" : "\u0000").append(columns.get(i).valueIn(row));
    }
    return text.toString();
  }

  /** The one of two rows with the same key that stays; {@code later} came after. */
  T newer(T earlier, T later) {
    return sequence.apply(later) > sequence.apply(earlier) ? later : earlier;
  }

  /** Collects columns in the order of the table. */
  static final class Columns<T> {
    private final List<Column<T>> columns = new ArrayList<>();

    Columns<T> required(String name, Column.Type type, SerializableFunction<T, ?> getter) {
      columns.add(new Column<>(name, type, true, getter));
      return this;
    }

    Columns<T> optional(String name, Column.Type type, SerializableFunction<T, ?> getter) {
      columns.add(new Column<>(name, type, false, getter));
      return this;
    }

    void add(Column<T> column) {
      columns.add(column);
    }

    List<Column<T>> list() {
      return List.copyOf(columns);
    }
  }
}
