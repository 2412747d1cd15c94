package com.nomadicml.beam.status;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Runs idempotent writes, each in a transaction, again while the database can't take them. */
record JdbcTransaction(JdbcDatabase database) {

  /** What is written. */
  @FunctionalInterface
  interface Write {
    void to(Connection connection) throws SQLException;
  }

  void run(String what, Write write) {
    runEach(what, List.of(write));
  }

  /** Each in a transaction of its own, one after the other, with no other writer between them. */
  void runEach(String what, List<Write> writes) {
    new JdbcRetry(database).run(what, () -> runOnce(writes));
  }

  private Void runOnce(List<Write> writes) throws SQLException {
    try (Connection connection = database.borrow()) {
      connection.setAutoCommit(false);
      for (Write write : writes) {
        try {
          write.to(connection);
          connection.commit();
        } catch (SQLException e) {
          rollBack(connection, e);
          throw e;
        }
      }
    }
    return null;
  }

  /** A database may have done so itself, as SQLite does when its disk is full. */
  private static void rollBack(Connection connection, SQLException cause) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }
}
