package com.nomadicml.beam.imports.lane;

import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.RequestBudget;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import javax.annotation.Nullable;

/** When a lane may ask the API for something: by its quota, and by how the API is doing. */
final class Pace {
  /** A request that takes longer is not waited for before the next is sent. */
  private static final Duration SLOW = Duration.ofMillis(500);

  /** Until an answer comes. */
  private static final Duration LONG = Duration.ofMinutes(10);

  private final int atOnce;
  private final Duration patience;
  private final Outage outage = new Outage();
  private int inFlight;
  private Instant lastStart = Instant.MIN;
  private Instant mayAskAt = Instant.MIN;
  @Nullable private Instant heldBackSince;
  private long requests;
  private long answers;

  /**
   * @param atOnce requests in flight at most
   * @param patience how long an API that is away is waited for
   */
  Pace(int atOnce, Duration patience) {
    this.atOnce = atOnce;
    this.patience = patience;
  }

  /** When the quota has room for the next request. */
  void mayAskAt(Instant at) {
    mayAskAt = at;
  }

  /** When the next request may be made, if that is not now. */
  Optional<Instant> heldUntil(Instant now) {
    Instant free = mayAskAt;
    if (inFlight >= atOnce || (inFlight > 0 && outage.isOn())) {
      free = now.plus(LONG);
    } else if (inFlight > 0) {
      free = later(free, lastStart.plus(SLOW));
    } else if (outage.isOn()) {
      free = later(free, outage.nextTry(now));
    }
    return free.isAfter(now) ? Optional.of(free) : Optional.empty();
  }

  /** How long the quota has let nothing be read, when it does again: told once. */
  Duration heldBack(Instant now) {
    if (mayAskAt.isAfter(now.plus(RequestBudget.WINDOW)) && heldBackSince == null) {
      heldBackSince = now;
    } else if (!mayAskAt.isAfter(now) && heldBackSince != null) {
      Duration time = Duration.between(heldBackSince, now);
      heldBackSince = null;
      return time.isNegative() ? Duration.ZERO : time;
    }
    return Duration.ZERO;
  }

  void started(Instant now) {
    inFlight++;
    lastStart = now;
  }

  /** A request was not made after all. */
  void dropped() {
    inFlight--;
  }

  /** The API has answered, whatever; returns how long it had not. */
  Duration answered(Instant now) {
    inFlight--;
    requests++;
    answers++;
    return outage.answered(now);
  }

  /** The API has not answered; returns how long it has not since it was asked before. */
  Duration failed(ApiException e, Instant now) {
    inFlight--;
    requests++;
    return outage.failed(e, now);
  }

  boolean isIdle() {
    return inFlight == 0;
  }

  boolean isAway() {
    return outage.isOn();
  }

  /** Requests that have ended. */
  long requests() {
    return requests;
  }

  /** Requests that the API has answered. */
  long answers() {
    return answers;
  }

  /** What people are to be told now, if anything. */
  Optional<Change> news(Instant now) {
    if (outage.isBack()) {
      return Optional.of(new Change.Event("API_BACK", "the API answers again"));
    }
    return outage.isNews(now)
        ? Optional.of(new Change.Event("API_AWAY", outage.describe()))
        : Optional.empty();
  }

  /** The lane's end, when patience is at its end. */
  Optional<Ending> ending(Instant now) {
    if (!outage.isLongerThan(patience, now)) {
      return Optional.empty();
    }
    Ending.Kind kind = outage.isOfRate() ? Ending.Kind.QUOTA : Ending.Kind.AWAY;
    return Optional.of(
        new Ending(kind, "the API has not answered for " + patience + ": " + outage.describe()));
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }
}
