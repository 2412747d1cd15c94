package com.nomadicml.beam.api;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import javax.annotation.Nullable;

/**
 * The quota as arithmetic: tells how long the next request has to wait, and never sleeps.
 *
 * <p>No window of a minute ever holds more than {@code perMinute} requests, wherever the API starts
 * its own windows. Not thread-safe: a lane is one thread, and its gate synchronises.
 */
public final class RequestBudget {
  /** A little over a minute, since requests arrive a little later or earlier than they are sent. */
  private static final Duration WINDOW = Duration.ofMillis(60_500);

  private static final Duration FIRST_PENALTY = Duration.ofSeconds(2);
  private static final Duration MAX_PENALTY = Duration.ofMinutes(5);

  private final int perMinute;
  private final Deque<Instant> sent = new ArrayDeque<>();
  private Instant notBefore = Instant.MIN;
  private Duration penalty = Duration.ZERO;

  /**
   * @param perMinute requests in any minute; 0 for no limit
   */
  public RequestBudget(int perMinute) {
    this.perMinute = perMinute;
  }

  /** Takes the next request's place and returns how long after {@code now} it may be sent. */
  public Duration reserve(Instant now) {
    Instant at = now.isBefore(notBefore) ? notBefore : now;
    if (perMinute > 0) {
      if (sent.size() >= perMinute) {
        Instant free = sent.removeFirst().plus(WINDOW);
        at = at.isBefore(free) ? free : at;
      }
      sent.addLast(at);
    }
    return Duration.between(now, at);
  }

  /** The API answered 429: waits as it asks, or twice as long as the last time. */
  public void refused(Instant now, @Nullable Duration retryAfter) {
    penalty = penalty.isZero() ? FIRST_PENALTY : penalty.multipliedBy(2);
    penalty = penalty.compareTo(MAX_PENALTY) > 0 ? MAX_PENALTY : penalty;
    Instant until = now.plus(retryAfter == null ? penalty : retryAfter);
    notBefore = until.isAfter(notBefore) ? until : notBefore;
  }

  /** The API answered otherwise: what a later 429 costs shrinks again. */
  public void accepted() {
    penalty = penalty.dividedBy(2);
  }
}
