package com.nomadicml.beam.status;

import static java.util.stream.Collectors.joining;

import com.google.common.base.Splitter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.annotation.Nullable;

/** Statements of a transaction, with their parameters by place. */
record JdbcStatements(JdbcDatabase database, Connection connection) {

  private static final String LEASE =
      "SELECT run_id FROM import_leases WHERE destination = ? AND run_id = ?";

  /** What time it is, by the database's own clock. */
  Instant now() throws SQLException {
    try (PreparedStatement statement =
            connection.prepareStatement("SELECT " + database.dialect().clock());
        ResultSet row = statement.executeQuery()) {
      row.next();
      return Instant.ofEpochMilli(row.getLong(1));
    }
  }

  /** Executes a statement and returns how many rows it has changed. */
  int execute(String sql, Object... parameters) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        bind(statement, i + 1, parameters[i]);
      }
      return statement.executeUpdate();
    }
  }

  /** Upserts one row of a table whose key is its first {@code keys} columns. */
  void upsert(String table, int keys, String columns, Object... values) throws SQLException {
    List<String> names = Splitter.on(", ").splitToList(columns);
    String assignments =
        names.stream().skip(keys).map(name -> name + " = excluded." + name).collect(joining(", "));
    execute(
        "INSERT INTO "
            + table
            + " ("
            + columns
            + ") VALUES ("
            + String.join(", ", Collections.nCopies(names.size(), "?"))
            + ") ON CONFLICT ("
            + String.join(", ", names.subList(0, keys))
            + (assignments.isEmpty() ? ") DO NOTHING" : ") DO UPDATE SET " + assignments),
        values);
  }

  /** Whether a query finds a row. */
  boolean exists(String sql, Object... parameters) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        bind(statement, i + 1, parameters[i]);
      }
      try (ResultSet found = statement.executeQuery()) {
        return found.next();
      }
    }
  }

  /** The rows that a query finds. */
  <T> List<T> list(String sql, JdbcQuery.RowMapper<T> mapper, Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        bind(statement, i + 1, parameters[i]);
      }
      List<T> found = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(mapper.map(rows));
        }
      }
      return found;
    }
  }

  /**
   * Fails unless a run has the lease of a destination, and its lane this epoch: one that has lost
   * either changes no plan.
   *
   * @param epoch null for a lane that is driven by hand
   * @throws LeaseHeldException if it has not
   */
  void fence(String destination, String runId, @Nullable Long epoch) throws SQLException {
    if (!exists(LEASE, StorableText.key(destination), runId)) {
      throw LeaseHeldException.lost(runId);
    }
    if (epoch != null) {
      JdbcLaneLease.fence(database, connection, runId, epoch);
    }
  }

  private void bind(PreparedStatement statement, int index, @Nullable Object value)
      throws SQLException {
    if (value == null) {
      statement.setNull(index, Types.VARCHAR);
    } else if (value instanceof Instant time) {
      database.dialect().bindTime(statement, index, time);
    } else if (value instanceof Number number) {
      statement.setLong(index, number.longValue());
    } else {
      statement.setString(index, StorableText.of(value.toString()));
    }
  }
}
