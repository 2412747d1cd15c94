package com.nomadicml.beam.status;

import java.sql.Connection;
import java.sql.SQLException;

/** Runs idempotent writes, each in a transaction, again while the database can't take them. */
record JdbcTransaction(JdbcDatabase database) {

  /** What is written. */
  @FunctionalInterface
  interface Write {
    void to(Connection connection) throws SQLException;
  }

  /** What becomes of a write that has succeeded when the machine loses its power right after. */
  enum Durability {
    /** It is there. */
    LASTING,

    /**
     * It is there once a later lasting write has succeeded, and may be gone before: for what is
     * found out again at no harm. A process that is killed loses neither.
     */
    WITH_THE_NEXT
  }

  void run(String what, Write write) {
    run(what, Durability.LASTING, write);
  }

  void run(String what, Durability durability, Write write) {
    new JdbcRetry(database).run(what, () -> runOnce(durability, write));
  }

  private Void runOnce(Durability durability, Write write) throws SQLException {
    try (Connection connection = database.borrow()) {
      try {
        database.dialect().begin(connection, durability);
        write.to(connection);
        connection.commit();
      } catch (SQLException e) {
        rollBack(connection, e);
        throw e;
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
