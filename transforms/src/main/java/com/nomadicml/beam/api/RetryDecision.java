package com.nomadicml.beam.api;

import com.nomadicml.beam.api.ApiException.Kind;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.random.RandomGenerator;
import javax.annotation.Nullable;

/**
 * Decides whether a call is tried again, and what its failure means. Pure but for the clock and the
 * jitter that it is given.
 *
 * <p>A connection that did not come about, a 429 and a 503 had no effect, whatever the method.
 * Other transient answers may have had one, so only calls that may be repeated are; an import is
 * not (contract, section 8, number 3): the caller decides about a request in doubt.
 */
final class RetryDecision {
  private static final int MAX_TRIES = 5;

  /** Each try has taken a minute or more already. */
  private static final int MAX_TRIES_TOO_LATE = 2;

  static final int MAX_RATE_REFUSALS = 10;
  private static final Duration BASE = Duration.ofMillis(500);
  static final Duration MAX_WAIT = Duration.ofSeconds(30);
  private static final Duration FIRST_TROUBLE = Duration.ofSeconds(1);
  private static final int TROUBLE_GROWTH = 3;
  private static final Duration MAX_RETRY_AFTER = Duration.ofMinutes(5);
  private static final Duration A_DAY = Duration.ofDays(1);

  /** In characters; a longer one is no number of seconds, and no date. */
  private static final int MAX_RETRY_AFTER_LENGTH = 64;

  private static final int UNAVAILABLE = 503;
  private static final int RATE_REFUSED = 429;

  private final Clock clock;
  private final RandomGenerator random;

  RetryDecision(Clock clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  /** What came of one try: a status, or no answer at all. */
  enum Failure {
    /** The request never reached the API. */
    NOT_CONNECTED,
    /** The answer was lost, or could not be read. */
    NO_ANSWER,
    /** The answer did not come, or did not end, in time. */
    TOO_LATE,
    /** The answer is larger than any of its kind, and would be so again. */
    TOO_LARGE,
    /** An error status. */
    STATUS
  }

  /** What a failed try means for the call. */
  Kind kind(Failure failure, int status, boolean repeatable) {
    boolean noEffect =
        failure == Failure.NOT_CONNECTED || status == RATE_REFUSED || status == UNAVAILABLE;
    if (noEffect) {
      return Kind.RETRYABLE;
    }
    if (failure == Failure.STATUS && !isTransient(status)
        || failure == Failure.TOO_LARGE && repeatable) {
      return Kind.PERMANENT;
    }
    return repeatable ? Kind.RETRYABLE : Kind.OUTCOME_UNKNOWN;
  }

  /**
   * How long to wait before try {@code tries + 1}, or null to give up: after many tries, or when
   * the API asks for more than five minutes.
   */
  @Nullable
  Duration waitBefore(
      Kind kind, Failure failure, int status, int tries, @Nullable String retryAfter) {
    int most =
        status == RATE_REFUSED
            ? MAX_RATE_REFUSALS
            : failure == Failure.TOO_LATE ? MAX_TRIES_TOO_LATE : MAX_TRIES;
    if (kind != Kind.RETRYABLE || tries >= most) {
      return null;
    }
    Duration asked = parseRetryAfter(retryAfter);
    if (asked != null) {
      return asked.compareTo(MAX_RETRY_AFTER) > 0 ? null : asked;
    }
    long ceiling = Math.min(MAX_WAIT.toMillis(), BASE.toMillis() << Math.min(tries - 1, 10));
    return Duration.ofMillis(ceiling / 2 + random.nextLong(ceiling / 2 + 1));
  }

  /** How long to leave the API alone after so many requests in a row that it did not answer. */
  Duration pauseAfterTrouble(int inARow) {
    Duration pause =
        FIRST_TROUBLE.multipliedBy((long) Math.pow(TROUBLE_GROWTH, Math.min(inARow, 9) - 1));
    return pause.compareTo(MAX_WAIT) > 0 ? MAX_WAIT : pause;
  }

  /**
   * A {@code Retry-After} in seconds or as a date; null when there is none that makes sense. One of
   * no time at all makes none: to ask again at once would only use the tries up. One of more than a
   * day is a day: the quota begins anew by then.
   */
  @Nullable
  Duration parseRetryAfter(@Nullable String value) {
    String text = value == null ? "" : value.strip();
    if (text.isEmpty() || text.length() > MAX_RETRY_AFTER_LENGTH) {
      return null;
    }
    Duration wait;
    try {
      wait = text.matches("\\d+(\\.\\d+)?") ? seconds(text) : until(text);
    } catch (DateTimeException notDate) {
      return null;
    }
    if (wait.compareTo(Duration.ZERO) <= 0) {
      return null;
    }
    return wait.compareTo(A_DAY) > 0 ? A_DAY : wait;
  }

  private static Duration seconds(String number) {
    double seconds = Math.min(Double.parseDouble(number), A_DAY.toSeconds());
    return Duration.ofMillis((long) (seconds * 1_000));
  }

  private Duration until(String date) {
    Instant end = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    return Duration.between(clock.instant(), end);
  }

  private static boolean isTransient(int status) {
    return status == 408 || status == 425 || status == RATE_REFUSED || status >= 500;
  }
}
