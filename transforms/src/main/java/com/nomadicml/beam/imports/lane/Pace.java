package com.nomadicml.beam.imports.lane;

import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.RequestBudget;
import com.nomadicml.beam.imports.Outage;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import javax.annotation.Nullable;

/** When a lane may ask the API for something: by its quota, and by how the API is doing. */
final class Pace {
  /** Until an answer comes. */
  private static final Duration LONG = Duration.ofMinutes(10);

  /** A failure or two are no news. */
  private static final Duration SILENCE = Duration.ofSeconds(10);

  private final int atOnce;

  /** Of the API as a whole: whatever is answered ends it. */
  private final Outage outage;

  /** Of what changes something there: only such a request ends it. */
  private final Outage sending;

  private int inFlight;
  private int sendsInFlight;
  private Instant mayAskAt = Instant.MIN;
  @Nullable private Instant seenAt;
  private boolean isHeldBack;
  @Nullable private Change back;
  private boolean isTold;
  private long requests;

  /**
   * @param atOnce requests in flight at most
   * @param patience how long an API that is away is waited for
   */
  Pace(int atOnce, Duration patience) {
    this.atOnce = atOnce;
    this.outage = new Outage(patience, SILENCE);
    this.sending = new Outage(patience, SILENCE);
  }

  /** The quota is waited for however long. */
  void waitForTheDay() {
    outage.waitForTheDay();
    sending.waitForTheDay();
  }

  /** When the quota has room for the next request. */
  void mayAskAt(Instant at) {
    mayAskAt = at;
  }

  /** When the next request may be made, if that is not now. After a failure one is in flight. */
  Optional<Instant> heldUntil(Instant now) {
    Instant free = mayAskAt;
    if (inFlight >= atOnce || (inFlight > 0 && outage.isOn())) {
      free = now.plus(LONG);
    } else if (inFlight == 0 && outage.isOn()) {
      free = later(free, outage.nextTry(now));
    }
    return free.isAfter(now) ? Optional.of(free) : Optional.empty();
  }

  /** The same for a request that changes something there, beyond that. */
  Optional<Instant> sendsHeldUntil(Instant now) {
    if (!sending.isOn()) {
      return Optional.empty();
    }
    Instant free = sendsInFlight > 0 ? now.plus(LONG) : sending.nextTry(now);
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
    sending.pass(now);
    isHeldBack =
        mayAskAt.isAfter(now.plus(RequestBudget.WINDOW)) || (isHeldBack && mayAskAt.isAfter(now));
    return couldRead ? Duration.ZERO : passed;
  }

  void started(Request request) {
    inFlight++;
    sendsInFlight += isSend(request) ? 1 : 0;
  }

  /** A request was not made after all. */
  void dropped(Request request) {
    inFlight--;
    sendsInFlight -= isSend(request) ? 1 : 0;
  }

  /** The API has answered, whatever; returns as {@link #couldNotRead}. */
  Duration answered(Request request, Instant now) {
    dropped(request);
    requests++;
    Duration time = couldNotRead(now);
    Optional<String> text = outage.answered();
    if (isSend(request)) {
      Optional<String> ofSends = sending.answered();
      text = text.or(() -> ofSends);
    }
    if (isTold && !sending.isOn()) {
      back = new Change.Event("API_BACK", text.orElse("the API answers again"));
    }
    return time;
  }

  /** The API has not answered; returns as {@link #couldNotRead}. */
  Duration failed(Request request, ApiException e, Instant now) {
    dropped(request);
    requests++;
    Duration time = couldNotRead(now);
    outage.failed(e, now);
    if (isSend(request)) {
      sending.failed(e, now);
    }
    return time;
  }

  private static boolean isSend(Request request) {
    return request instanceof Request.Send || request instanceof Request.Resolve;
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

  /** What people are to be told now, if anything. */
  Optional<Change> news(Instant now) {
    if (back != null) {
      Change news = back;
      back = null;
      isTold = false;
      return Optional.of(news);
    }
    Optional<String> words = (outage.isOn() ? outage : sending).words(now);
    boolean isFirst = words.isPresent() && !isTold;
    isTold |= isFirst;
    return words.map(text -> isFirst ? new Change.Event("API_AWAY", text) : new Change.Words(text));
  }

  /** The lane's end, when patience is at its end. */
  Optional<Ending> ending() {
    return ending(outage).or(() -> ending(sending));
  }

  private static Optional<Ending> ending(Outage outage) {
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
