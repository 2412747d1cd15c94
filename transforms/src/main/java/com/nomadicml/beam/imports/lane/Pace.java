package com.nomadicml.beam.imports.lane;

import com.google.common.collect.Comparators;
import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.RequestBudget;
import com.nomadicml.beam.imports.Outage;
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

  /** A failure or two are no news. */
  private static final Duration SILENCE = Duration.ofSeconds(10);

  private final int atOnce;
  private final Outage outage;
  private int inFlight;
  private Instant lastStart = Instant.MIN;
  private Instant mayAskAt = Instant.MIN;
  @Nullable private Instant seenAt;
  private boolean isHeldBack;
  @Nullable private Change back;
  private boolean isTold;
  private long requests;
  private long answers;

  /**
   * @param atOnce requests in flight at most
   * @param patience how long an API that is away is waited for
   */
  Pace(int atOnce, Duration patience) {
    this.atOnce = atOnce;
    this.outage = new Outage(patience, SILENCE);
  }

  /** The quota is waited for however long. */
  void waitForTheDay() {
    outage.waitForTheDay();
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
      free = later(free, Comparators.min(lastStart, now).plus(SLOW));
    } else if (outage.isOn()) {
      free = later(free, outage.nextTry(now));
    }
    return free.isAfter(now) ? Optional.of(free) : Optional.empty();
  }

  /**
   * Takes note of the time.
   *
   * @return how much has passed since the last note in which nothing could be read: the quota let
   *     nothing through, the API was away, or this lane stood still. Negative when the clock was
   *     put back.
   */
  Duration couldNotRead(Instant now) {
    Duration passed = seenAt == null ? Duration.ZERO : Duration.between(seenAt, now);
    seenAt = now;
    boolean couldRead = !isHeldBack && !outage.isOn() && !Outage.isJump(passed);
    outage.pass(now);
    isHeldBack =
        mayAskAt.isAfter(now.plus(RequestBudget.WINDOW)) || (isHeldBack && mayAskAt.isAfter(now));
    return couldRead ? Duration.ZERO : passed;
  }

  void started(Instant now) {
    inFlight++;
    lastStart = now;
  }

  /** A request was not made after all. */
  void dropped() {
    inFlight--;
  }

  /** The API has answered, whatever; returns as {@link #couldNotRead}. */
  Duration answered(Instant now) {
    inFlight--;
    requests++;
    answers++;
    Duration time = couldNotRead(now);
    outage.answered().ifPresent(text -> back = new Change.Event("API_BACK", text));
    return time;
  }

  /** The API has not answered; returns as {@link #couldNotRead}. */
  Duration failed(ApiException e, Instant now) {
    inFlight--;
    requests++;
    Duration time = couldNotRead(now);
    outage.failed(e, now);
    return time;
  }

  boolean isIdle() {
    return inFlight == 0;
  }

  /** Whether the API does not answer; one that refuses requests for their rate does. */
  boolean isAway() {
    return outage.isOn() && !outage.isOfRate();
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
    if (back != null) {
      Change news = back;
      back = null;
      isTold = false;
      return Optional.of(news);
    }
    Optional<String> words = outage.words(now);
    boolean isFirst = words.isPresent() && !isTold;
    isTold |= isFirst;
    return words.map(text -> isFirst ? new Change.Event("API_AWAY", text) : new Change.Words(text));
  }

  /** The lane's end, when patience is at its end. */
  Optional<Ending> ending() {
    if (!outage.isTooLong()) {
      return Optional.empty();
    }
    Ending.Kind kind = outage.isOfRate() ? Ending.Kind.QUOTA : Ending.Kind.AWAY;
    return Optional.of(new Ending(kind, outage.describe()));
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }
}
