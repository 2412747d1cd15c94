package com.nomadicml.beam.status;

import com.google.common.cache.CacheBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * A time in which a database is locked or out of reach, as all of this process see it: they wait
 * for its end together, one of them says so, and when patience is at its end it is for all.
 */
final class DatabaseOutage {
  private static final Duration BETWEEN_WORDS = Duration.ofSeconds(10);

  /** Who has not asked for so long knows nothing of the time between. */
  private static final Duration UNSEEN = Duration.ofMinutes(1);

  /** More than a process has to do with: what it has not asked for longest falls out. */
  private static final int MOST_DATABASES = 100;

  private static final Map<String, DatabaseOutage> OUTAGES =
      CacheBuilder.newBuilder().maximumSize(MOST_DATABASES).<String, DatabaseOutage>build().asMap();

  private boolean hasAnswered;
  private Instant since = Instant.MAX;
  private Instant seenAt = Instant.MIN;
  private Instant saidAt = Instant.MIN;

  /** That of the database with this URL. */
  static DatabaseOutage of(String url) {
    return OUTAGES.computeIfAbsent(url, unknown -> new DatabaseOutage());
  }

  /** Takes note of a failure, and returns for how long the database has been out of use. */
  synchronized Duration seen(Instant now) {
    if (since.equals(Instant.MAX) || seenAt.plus(UNSEEN).isBefore(now)) {
      since = now;
      saidAt = now.minus(BETWEEN_WORDS);
    }
    seenAt = now;
    return Duration.between(since, now);
  }

  /** Whether it is time to say so; who is told that says it. */
  synchronized boolean isToBeSaid(Instant now) {
    boolean isTime = !saidAt.plus(BETWEEN_WORDS).isAfter(now);
    if (isTime) {
      saidAt = now;
    }
    return isTime;
  }

  /** How long until it is to be said again. */
  synchronized Duration silence(Instant now) {
    return Duration.between(now, saidAt.plus(BETWEEN_WORDS));
  }

  /** The database has answered. */
  synchronized void isOver() {
    hasAnswered = true;
    since = Instant.MAX;
  }

  /** Whether the database has ever answered this process. */
  synchronized boolean hasAnswered() {
    return hasAnswered;
  }
}
