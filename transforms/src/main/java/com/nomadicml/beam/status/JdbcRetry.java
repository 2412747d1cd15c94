package com.nomadicml.beam.status;

import com.google.common.collect.Comparators;
import com.nomadicml.beam.api.Sleeper;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * Tries an idempotent action again while the database is locked, deadlocked or out of reach; says
 * so at once and every ten seconds; and gives up when the database's patience is at its end.
 */
final class JdbcRetry {
  /** A database that never answered is more likely misspelled than away. */
  private static final Duration PATIENCE_AT_FIRST = Duration.ofSeconds(3);

  /** What is tried. */
  @FunctionalInterface
  interface Action<R> {
    R run() throws SQLException;
  }

  private final JdbcDatabase database;
  private final DatabaseOutage outage;
  private final StoreWait wait;
  private boolean isFirst;

  JdbcRetry(JdbcDatabase database) {
    this(database, Clock.systemUTC(), Sleeper.real());
  }

  JdbcRetry(JdbcDatabase database, Clock clock, Sleeper sleeper) {
    this.database = database;
    this.outage = DatabaseOutage.of(database.url());
    this.wait = new StoreWait(database.toString(), outage, clock, sleeper);
  }

  /** The same for what comes before all else. */
  JdbcRetry first() {
    isFirst = true;
    return this;
  }

  /**
   * Runs an action until it succeeds.
   *
   * @param what it does, after "could not"
   * @throws StatusStoreException when it can't succeed, or has not until patience was at its end
   */
  <R> R run(String what, Action<R> action) {
    Duration pause = StoreWait.FIRST_PAUSE;
    while (true) {
      try {
        R result = action.run();
        outage.isOver();
        return result;
      } catch (SQLException e) {
        SQLException root = rootOf(e);
        if (!database.dialect().isTransient(root)) {
          throw refusal(e, root)
              .orElseGet(() -> failure(what, e, database.dialect().explain(root)));
        }
        waitFor(what, e, pause);
        pause = StoreWait.next(pause);
      }
    }
  }

  private void waitFor(String what, SQLException error, Duration pause) {
    // The server's own words may end a sentence.
    String reason = database.dialect().explain(rootOf(error)).replaceFirst("\\.$", "");
    boolean isUnknown = !outage.hasAnswered() && database.dialect().isUnreachable(rootOf(error));
    Duration patience =
        isUnknown ? Comparators.min(PATIENCE_AT_FIRST, database.patience()) : database.patience();
    String source = isUnknown ? "" : " (--patience=" + patience + ")";
    try {
      if (wait.pass(reason, patience, source, pause)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure(what, error, reason);
    }
    throw isUnknown
        ? new UnreachableStoreException(
            "can't reach "
                + database
                + ": "
                + reason
                + ": check its host and port, and the network",
            error)
        : failure(what, error, StoreWait.tooLong(reason, patience));
  }

  /** When it is the user's to mend: nothing has come to these tables yet. */
  private Optional<StatusStoreException> refusal(SQLException error, SQLException root) {
    return outage.hasAnswered() && !isFirst
        ? Optional.empty()
        : database
            .dialect()
            .remedy(root)
            .map(
                remedy ->
                    new UnreachableStoreException("can't open " + database + ": " + remedy, error));
  }

  private StatusStoreException failure(String what, SQLException error, String reason) {
    return new StatusStoreException(
        "could not " + what + " at " + database + (reason.isEmpty() ? "" : ": " + reason), error);
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
}
