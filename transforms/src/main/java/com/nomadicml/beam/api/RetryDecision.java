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
 * <p>A refusal for the rate had no effect, whatever the method. Other transient answers may have
 * had one, so only calls that may be repeated are; an import is not (contract, section 8, number
 * 3): the caller decides about a request in doubt.
 */
final class RetryDecision {
  private static final int MAX_TRIES = 5;
  static final int MAX_RATE_REFUSALS = 10;
  private static final Duration BASE = Duration.ofMillis(500);
  static final Duration MAX_WAIT = Duration.ofSeconds(30);
  private static final Duration FIRST_TROUBLE = Duration.ofSeconds(1);
  private static final int TROUBLE_GROWTH = 3;
  private static final Duration MAX_RETRY_AFTER = Duration.ofMinutes(5);
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
    /** An error status. */
    STATUS
  }

  /** What a failed try means for the call. */
  Kind kind(Failure failure, int status, boolean repeatable, @Nullable String retryAfter) {
    boolean noEffect =
        failure == Failure.NOT_CONNECTED
            || status == RATE_REFUSED
            || (status == UNAVAILABLE && retryAfter != null);
    if (noEffect) {
      return Kind.RETRYABLE;
    }
    if (failure == Failure.STATUS && !isTransient(status)) {
      return Kind.PERMANENT;
    }
    return repeatable ? Kind.RETRYABLE : Kind.OUTCOME_UNKNOWN;
  }

  /**
   * How long to wait before try {@code tries + 1}, or null to give up: after many tries, or when
   * the API asks for more than five minutes.
   */
  @Nullable
  Duration waitBefore(Kind kind, int status, int tries, @Nullable String retryAfter) {
    int most = status == RATE_REFUSED ? MAX_RATE_REFUSALS : MAX_TRIES;
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
   * no time at all makes none: to ask again at once would only use the tries up.
   */
  @Nullable
  Duration parseRetryAfter(@Nullable String value) {
    if (value == null || value.isBlank()) {
      return null;
    }
    Duration wait;
    if (value.strip().matches("\\d+(\\.\\d+)?")) {
      wait = Duration.ofMillis((long) (Double.parseDouble(value.strip()) * 1_000));
    } else {
      try {
        Instant until =
            ZonedDateTime.parse(value.strip(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
        wait = Duration.between(clock.instant(), until);
      } catch (DateTimeException notDate) {
        return null;
      }
    }
    return wait.compareTo(Duration.ZERO) > 0 ? wait : null;
  }

  private static boolean isTransient(int status) {
    return status == 408 || status == 425 || status == RATE_REFUSED || status >= 500;
  }
}
