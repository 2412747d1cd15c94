package com.nomadicml.beam.status;

import static java.util.stream.Collectors.joining;

import java.io.Serializable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;

/** Upserts rows of one table, each only where it is newer than the stored. */
record JdbcUpsert<T>(JdbcDatabase database, StatusTable<T> table) implements Serializable {

  /** Writes {@code rows} in their order of arrival; several may share a key. */
  void write(Collection<T> rows) {
    if (!rows.isEmpty()) {
      new JdbcTransaction(database).run("write " + table.name(), of(rows));
    }
  }

  /**
   * The same, as part of a transaction. The values are worked out here, before a connection is
   * held: SQLite has only one.
   */
  JdbcTransaction.Write of(Collection<T> rows) {
    // One row a key, or a multi-row INSERT fails; in key order, or two writers may deadlock.
    TreeMap<String, T> byKey = new TreeMap<>();
    rows.forEach(row -> byKey.merge(table.keyOf(row), row, table::newer));
    List<Object[]> values = values(byKey.values());
    return connection -> write(connection, values);
  }

  private List<Object[]> values(Collection<T> rows) {
    int columns = table.columns().size();
    List<Object[]> all = new ArrayList<>(rows.size());
    Object[] before = new Object[columns];
    Object[] given = new Object[columns];
    for (T row : rows) {
      Object[] values = new Object[columns];
      for (int i = 0; i < columns; i++) {
        Object value = table.columns().get(i).givenBy(row);
        // Rows of a batch have most in common.
        values[i] =
            Objects.equals(value, given[i]) ? before[i] : table.columns().get(i).storable(value);
        given[i] = value;
      }
      all.add(values);
      before = values;
    }
    return all;
  }

  private void write(Connection connection, List<Object[]> rows) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql())) {
      for (Object[] values : rows) {
        for (int i = 0; i < values.length; i++) {
          database.dialect().bind(statement, i + 1, table.columns().get(i).type(), values[i]);
        }
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  private String sql() {
    List<String> names = table.columnNames();
    String assignments =
        names.stream()
            .filter(name -> !table.key().contains(name))
            .map(name -> name + " = excluded." + name)
            .collect(joining(", "));
    String guard =
        names.contains("sequence")
            ? " WHERE excluded.sequence > " + table.name() + ".sequence"
            : "";
    return "INSERT INTO "
        + table.name()
        + String.join(", ", names).transform(list -> " (" + list + ")")
        + " VALUES ("
        + String.join(", ", Collections.nCopies(names.size(), "?"))
        + ") ON CONFLICT ("
        + String.join(", ", table.key())
        + ") DO UPDATE SET "
        + assignments
        + guard;
  }
}
