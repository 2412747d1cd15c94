package com.nomadicml.beam.status;

import java.io.Serializable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** A SELECT with text parameters, whose rows are streamed: memory stays flat. */
record JdbcQuery(JdbcDatabase database, String sql) implements Serializable {
  private static final int FETCH_SIZE = 1_000;

  /** What is done with a row. */
  @FunctionalInterface
  interface RowMapper<T> {
    T map(ResultSet row) throws SQLException;
  }

  /** Where rows go. */
  @FunctionalInterface
  interface RowConsumer<T> {
    void accept(T row);
  }

  /** All rows, in memory. */
  <T> List<T> list(RowMapper<T> mapper, List<String> parameters) {
    return new JdbcRetry(database)
        .run(
            "read",
            () -> {
              List<T> rows = new ArrayList<>();
              try (Connection connection = database.openBriefly()) {
                stream(connection, mapper, parameters, rows::add);
              }
              return rows;
            });
  }

  /** Hands rows on one by one; not tried again once one was handed on. */
  <T> void forEach(RowMapper<T> mapper, List<String> parameters, RowConsumer<T> consumer) {
    AtomicBoolean handedOn = new AtomicBoolean();
    new JdbcRetry(database)
        .run(
            "read",
            () -> {
              try (Connection connection = database.open()) {
                stream(
                    connection,
                    mapper,
                    parameters,
                    (T row) -> {
                      handedOn.set(true);
                      consumer.accept(row);
                    });
              } catch (SQLException e) {
                if (handedOn.get()) {
                  throw new StatusStoreException("could not read at " + database, e);
                }
                throw e;
              }
              return null;
            });
  }

  private <T> void stream(
      Connection connection, RowMapper<T> mapper, List<String> parameters, RowConsumer<T> consumer)
      throws SQLException {
    // PostgreSQL streams within a transaction only; SQLite always does, and must take no lock.
    connection.setAutoCommit(database.dialect() == JdbcDialect.SQLITE);
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setFetchSize(FETCH_SIZE);
      for (int i = 0; i < parameters.size(); i++) {
        statement.setString(i + 1, parameters.get(i));
      }
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          consumer.accept(mapper.map(rows));
        }
      }
    }
  }
}
