package com.nomadicml.beam.status;

import com.google.common.collect.Comparators;
import com.nomadicml.beam.api.Sleeper;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries an idempotent action again while the database is locked, deadlocked or out of reach; says
 * so at once and every ten seconds; and gives up when the database's patience is at its end.
 */
final class JdbcRetry {
  private static final Logger LOG = LoggerFactory.getLogger(JdbcRetry.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  /** A database that never answered is more likely misspelled than away. */
  private static final Duration PATIENCE_AT_FIRST = Duration.ofSeconds(3);

  /** What is tried. */
  @FunctionalInterface
  interface Action<R> {
    R run() throws SQLException;
  }

  private final JdbcDatabase database;
  private final DatabaseOutage outage;
  private final Clock clock;
  private final Sleeper sleeper;
  private boolean isFirst;

  JdbcRetry(JdbcDatabase database) {
    this(database, Clock.systemUTC(), Sleeper.real());
  }

  JdbcRetry(JdbcDatabase database, Clock clock, Sleeper sleeper) {
    this.database = database;
    this.outage = DatabaseOutage.of(database.url());
    this.clock = clock;
    this.sleeper = sleeper;
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
    Duration pause = FIRST_PAUSE;
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
        pause = Comparators.min(pause.multipliedBy(2), LONGEST_PAUSE);
      }
    }
  }

  private void waitFor(String what, SQLException error, Duration pause) {
    // The server's own words may end a sentence.
    String reason = database.dialect().explain(rootOf(error)).replaceFirst("\\.$", "");
    Instant now = clock.instant();
    boolean isUnknown = !outage.hasAnswered() && database.dialect().isUnreachable(rootOf(error));
    Duration patience =
        isUnknown ? Comparators.min(PATIENCE_AT_FIRST, database.patience()) : database.patience();
    Duration left = patience.minus(outage.seen(now));
    if (isUnknown && (left.isNegative() || left.isZero())) {
      throw new UnreachableStoreException(
          "can't reach " + database + ": " + reason + ": check its host and port, and the network",
          error);
    }
    if (left.isNegative() || left.isZero()) {
      throw failure(
          what,
          error,
          reason
              + ", and was waited for as long as --patience="
              + database.patience()
              + " says: once it answers, run again with the same command");
    }
    if (outage.isToBeSaid(now)) {
      LOG.warn(
          "Waiting for {}: {}. It is tried again for {}{}",
          database,
          reason,
          left.truncatedTo(ChronoUnit.SECONDS),
          isUnknown ? "" : " (--patience=" + patience + ")");
    }
    try {
      sleeper.sleep(Comparators.min(pause, Comparators.min(left, outage.silence(now))));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure(what, error, reason);
    }
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
