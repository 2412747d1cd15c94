package com.nomadicml.beam.status;

import static java.util.stream.Collectors.joining;

import java.io.Serializable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;

/** Upserts rows of one table, each only where it is newer than the stored. */
record JdbcUpsert<T>(JdbcDatabase database, StatusTable<T> table) implements Serializable {

  /** Writes {@code rows} in their order of arrival; several may share a key. */
  void write(Collection<T> rows) {
    if (!rows.isEmpty()) {
      new JdbcTransaction(database)
          .run("write " + table.name(), connection -> write(connection, rows));
    }
  }

  /** The same, within a transaction. */
  void write(Connection connection, Collection<T> rows) throws SQLException {
    // One row a key, or a multi-row INSERT fails; in key order, or two writers may deadlock.
    TreeMap<String, T> byKey = new TreeMap<>();
    rows.forEach(row -> byKey.merge(table.keyOf(row), row, table::newer));
    try (PreparedStatement statement = connection.prepareStatement(sql())) {
      for (T row : byKey.values()) {
        bind(statement, row);
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  private void bind(PreparedStatement statement, T row) throws SQLException {
    int index = 1;
    for (Column<T> column : table.columns()) {
      database.dialect().bind(statement, index++, column.type(), column.valueIn(row));
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
