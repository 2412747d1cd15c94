package com.nomadicml.beam.imports.lane;

import com.nomadicml.beam.api.ApiException;
import java.time.Duration;
import java.time.Instant;

/** Whether the API is away: it has answered nothing since a request that it did not answer. */
final class Outage {
  private static final int RATE_REFUSED = 429;
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  /** A failure or two are no news. */
  private static final Duration NEWS = Duration.ofMinutes(1);

  private Instant since;
  private Instant toldAt;
  private Instant nextTry = Instant.MIN;
  private Duration pause = FIRST_PAUSE;
  private boolean isKnown;
  private boolean isBack;
  private ApiException last;

  /** The API has not answered; returns how long it has not since it was asked before. */
  Duration failed(ApiException e, Instant now) {
    if (since == null) {
      since = now;
      toldAt = now;
      pause = FIRST_PAUSE;
    }
    last = e;
    nextTry = now.plus(pause);
    Duration next = pause.multipliedBy(2);
    pause = next.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : next;
    return sinceTold(now);
  }

  /** The API has answered; returns how long it had not since it was asked before. */
  Duration answered(Instant now) {
    Duration away = isOn() ? sinceTold(now) : Duration.ZERO;
    since = null;
    nextTry = Instant.MIN;
    isBack |= isKnown;
    isKnown = false;
    return away;
  }

  boolean isOn() {
    return since != null;
  }

  /** When one request may tell whether it is back; a clock that was set back does not delay it. */
  Instant nextTry(Instant now) {
    Instant latest = now.plus(LONGEST_PAUSE);
    return nextTry.isAfter(latest) ? latest : nextTry;
  }

  boolean isLongerThan(Duration patience, Instant now) {
    return isOn() && Duration.between(since, now).compareTo(patience) >= 0;
  }

  /** Whether people are to be told now, once an outage. */
  boolean isNews(Instant now) {
    boolean news = !isKnown && isLongerThan(NEWS, now);
    isKnown |= news;
    return news;
  }

  /** Whether people are to be told that it is back, once an outage that they were told of. */
  boolean isBack() {
    boolean news = isBack;
    isBack = false;
    return news;
  }

  boolean isOfRate() {
    return last.status() == RATE_REFUSED;
  }

  String describe() {
    return String.valueOf(last.getMessage());
  }

  private Duration sinceTold(Instant now) {
    Duration time = Duration.between(toldAt, now);
    toldAt = now;
    return time.isNegative() ? Duration.ZERO : time;
  }
}
