package com.nomadicml.beam.status;

import java.sql.Connection;
import java.sql.SQLException;

/** Runs an idempotent write in a transaction of its own, again while the database can't take it. */
record JdbcTransaction(JdbcDatabase database) {

  /** What is written. */
  @FunctionalInterface
  interface Write {
    void to(Connection connection) throws SQLException;
  }

  void run(String what, Write write) {
    new JdbcRetry(database).run(what, () -> runOnce(write));
  }

  private Void runOnce(Write write) throws SQLException {
    try (Connection connection = database.borrow()) {
      connection.setAutoCommit(false);
      try {
        write.to(connection);
        connection.commit();
      } catch (SQLException e) {
        connection.rollback();
        throw e;
      }
    }
    return null;
  }
}
