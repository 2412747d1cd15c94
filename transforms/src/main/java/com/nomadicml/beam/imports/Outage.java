package com.nomadicml.beam.imports;

import com.google.common.collect.Comparators;
import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.model.VisibleText;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import javax.annotation.Nullable;

/**
 * Whether the API is away: it has answered nothing since a request that it did not answer, or that
 * it refused for the rate. Counts the time that was lived through: none passes when a clock is put
 * forward or back, when the machine sleeps, or while its owner can't ask.
 */
public final class Outage {
  private static final int RATE_REFUSED = 429;
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
  private static final Duration BETWEEN_WORDS = Duration.ofMinutes(1);

  /** Longer than any request, and than any wait between two steps. */
  private static final Duration JUMP = Duration.ofMinutes(20);

  /** No instant is so far ahead that it can't be named. */
  private static final Duration FOR_EVER = Duration.ofDays(3_650);

  private final Duration patience;
  private final Duration silence;
  private Duration ratePatience;
  private Duration away = Duration.ZERO;
  private Duration triedFor = Duration.ZERO;
  private Duration nextWords = Duration.ZERO;
  private Duration pause = FIRST_PAUSE;
  private Instant seenAt = Instant.MIN;
  private Instant nextTry = Instant.MIN;
  private boolean isKnown;

  /** Null when it is not away. */
  @Nullable private ApiException last;

  /**
   * @param patience how long it is waited for
   * @param silence how long people are told nothing
   */
  public Outage(Duration patience, Duration silence) {
    this.patience = Comparators.min(patience, FOR_EVER);
    this.ratePatience = this.patience;
    this.silence = silence;
  }

  /** For who waits for the quota however long: a day that is spent ends within a day. */
  public void waitForTheDay() {
    ratePatience = Comparators.max(patience, Duration.ofHours(25));
  }

  /** Whether a clock that was read twice has been put forward or back in between. */
  public static boolean isJump(Duration passed) {
    return passed.isNegative() || passed.compareTo(JUMP) > 0;
  }

  /** The API has not answered. */
  public void failed(ApiException e, Instant now) {
    if (last == null) {
      away = Duration.ZERO;
      nextWords = silence;
      pause = FIRST_PAUSE;
    } else {
      pass(now);
    }
    seenAt = now;
    last = e;
    triedFor = away;
    nextTry = now.plus(left().isZero() ? pause : Comparators.min(pause, left()));
    pause = Comparators.min(pause.multipliedBy(2), LONGEST_PAUSE);
  }

  /** Takes note of the time. */
  public void pass(Instant now) {
    if (last != null) {
      Duration passed = Duration.between(seenAt, now);
      away = isJump(passed) ? away : away.plus(passed);
      seenAt = now;
    }
  }

  /**
   * The API has answered; returns what people are to be told, if they were told that it is away.
   */
  public Optional<String> answered() {
    Optional<String> back =
        isKnown ? Optional.of("the API answers again, after " + inWords(away)) : Optional.empty();
    last = null;
    isKnown = false;
    return back;
  }

  /** Whether it is away. */
  public boolean isOn() {
    return last != null;
  }

  /** Whether it answers, but refuses requests for the rate. */
  public boolean isOfRate() {
    return last != null && last.status() == RATE_REFUSED;
  }

  /** When one request may tell whether it is back; a clock that was set back does not delay it. */
  public Instant nextTry(Instant now) {
    return Comparators.min(nextTry, now.plus(LONGEST_PAUSE));
  }

  /** Whether it was still away when it was asked at the end of the patience. */
  public boolean isTooLong() {
    return last != null && triedFor.compareTo(patience()) >= 0;
  }

  /** What people are to be told now, once a minute at most. */
  public Optional<String> words(Instant now) {
    if (last == null || away.compareTo(nextWords) < 0) {
      return Optional.empty();
    }
    isKnown = true;
    nextWords = away.plus(BETWEEN_WORDS);
    return Optional.of(
        "waiting for the API, which "
            + (isOfRate() ? "has refused all requests for their rate" : "has not answered")
            + " for "
            + inWords(away)
            + " ("
            + reason()
            + "); it is waited for until "
            + now.plus(left()).truncatedTo(ChronoUnit.SECONDS)
            + " (--patience="
            + patience
            + ")");
  }

  /** That patience is at its end, and why. */
  public String describe() {
    return "the API has not answered for " + patience() + ": " + reason();
  }

  /** What is left of the patience. */
  public Duration left() {
    return Comparators.max(patience().minus(away), Duration.ZERO);
  }

  private Duration patience() {
    return isOfRate() ? ratePatience : patience;
  }

  private String reason() {
    return VisibleText.of(last.reason());
  }

  private static String inWords(Duration time) {
    return time.compareTo(Duration.ofMinutes(2)) < 0
        ? time.toSeconds() + " seconds"
        : time.toMinutes() + " minutes";
  }
}
