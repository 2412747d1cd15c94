package com.nomadicml.beam.status;

import java.sql.Connection;
import java.sql.SQLException;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteConnection;

/** Counts what SQLite does for those who write: the steps of its virtual machine. */
public final class SqliteWork {
  private long steps;

  private SqliteWork() {}

  /** Of a store, from now on. */
  public static SqliteWork of(StatusStore store) {
    SqliteWork work = new SqliteWork();
    try (Connection connection = ((JdbcStatusStore) store).database().borrow()) {
      ProgressHandler.setHandler(
          connection.unwrap(SQLiteConnection.class),
          1,
          new ProgressHandler() {
            @Override
            protected int progress() {
              work.steps++;
              return 0;
            }
          });
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return work;
  }

  public long steps() {
    return steps;
  }
}
