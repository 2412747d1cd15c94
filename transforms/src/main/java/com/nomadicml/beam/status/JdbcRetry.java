package com.nomadicml.beam.status;

import java.sql.SQLException;
import org.apache.beam.sdk.util.BackOff;
import org.apache.beam.sdk.util.BackOffUtils;
import org.apache.beam.sdk.util.FluentBackoff;
import org.apache.beam.sdk.util.Sleeper;
import org.joda.time.Duration;

/** Tries an idempotent action again while the database is busy, deadlocked or out of reach. */
final class JdbcRetry {
  private static final FluentBackoff BACKOFF =
      FluentBackoff.DEFAULT
          .withInitialBackoff(Duration.millis(100))
          .withMaxBackoff(Duration.standardSeconds(10))
          .withMaxRetries(8);

  /** What is tried. */
  @FunctionalInterface
  interface Action<R> {
    R run() throws SQLException;
  }

  private final JdbcDatabase database;

  JdbcRetry(JdbcDatabase database) {
    this.database = database;
  }

  <R> R run(String what, Action<R> action) {
    BackOff backoff = BACKOFF.backoff();
    while (true) {
      try {
        return action.run();
      } catch (SQLException e) {
        boolean isTransient = database.dialect().isTransient(rootOf(e));
        if (!isTransient || !waited(backoff)) {
          throw new StatusStoreException("could not " + what + " at " + database, e, isTransient);
        }
      }
    }
  }

  /** The database's own error: a pool and a batch wrap it. */
  private static SQLException rootOf(SQLException error) {
    SQLException root = error;
    while (true) {
      if (root.getNextException() != null) {
        root = root.getNextException();
      } else if (root.getCause() instanceof SQLException cause) {
        root = cause;
      } else {
        return root;
      }
    }
  }

  private static boolean waited(BackOff backoff) {
    try {
      return BackOffUtils.next(Sleeper.DEFAULT, backoff);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
