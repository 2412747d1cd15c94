package com.nomadicml.beam.api;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import javax.annotation.Nullable;

/**
 * The quota as arithmetic: tells when the next request may be sent, and never sleeps.
 *
 * <p>No window of a minute ever holds more than {@code perMinute} requests, wherever the API starts
 * its own windows, and no day (UTC) more than {@code perDay}. Not thread-safe: a lane is one
 * thread, and its gate synchronises.
 */
public final class RequestBudget {
  /** A little over a minute, since requests arrive a little later or earlier than they are sent. */
  public static final Duration WINDOW = Duration.ofMillis(60_500);

  /** The API's clock may be behind. */
  public static final Duration AFTER_MIDNIGHT = Duration.ofSeconds(5);

  private static final Duration FIRST_PENALTY = Duration.ofSeconds(2);
  private static final Duration MAX_PENALTY = Duration.ofMinutes(5);

  private final int perMinute;
  private final long perDay;
  private final Deque<Instant> sent = new ArrayDeque<>();
  private LocalDate day = LocalDate.MIN;
  private long spentHere;
  private long spentElsewhere;
  private Instant notBefore = Instant.MIN;
  private Duration penalty = Duration.ZERO;
  private Instant seenAt = Instant.MIN;

  /**
   * @param perMinute requests in any minute; 0 for no limit
   * @param perDay requests in any day; 0 for no limit
   */
  public RequestBudget(int perMinute, long perDay) {
    this.perMinute = perMinute;
    this.perDay = perDay;
  }

  /** The day on which a request at {@code instant} counts. */
  public static LocalDate dayOf(Instant instant) {
    return LocalDate.ofInstant(instant, ZoneOffset.UTC);
  }

  /** When the next request may be sent, {@code now} or later. */
  public Instant next(Instant now) {
    return next(now, 0);
  }

  /**
   * The same for one that others precede.
   *
   * @param before how many others, which have no place yet
   */
  public Instant next(Instant now, int before) {
    followClock(now);
    Instant at = later(now, notBefore);
    int over = sent.size() + before - perMinute;
    if (perMinute > 0 && over >= 0) {
      at = later(at, sent.stream().skip(over).findFirst().orElse(now).plus(WINDOW));
    }
    long spent = spentHere + spentElsewhere + before;
    if (perDay > 0 && !dayOf(at).isBefore(day) && spent >= perDay) {
      // Holds in the first seconds of the next day too, and is in the past after them.
      at = later(at, day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant().plus(AFTER_MIDNIGHT));
    }
    return at;
  }

  /**
   * Takes the next request's place and returns when it may be sent. Not to be asked for while that
   * is more than a minute ahead: a place so far ahead is taken for a clock that was set back.
   */
  public Instant reserve(Instant now) {
    Instant at = next(now);
    if (perMinute > 0) {
      if (sent.size() >= perMinute) {
        sent.removeFirst();
      }
      sent.addLast(at);
    }
    turnTo(dayOf(at));
    spentHere++;
    return at;
  }

  /** The API answered 429: waits as it asks, or twice as long as the last time. */
  public void refused(Instant now, @Nullable Duration retryAfter) {
    penalty = penalty.isZero() ? FIRST_PENALTY : penalty.multipliedBy(2);
    penalty = penalty.compareTo(MAX_PENALTY) > 0 ? MAX_PENALTY : penalty;
    notBefore = later(notBefore, now.plus(retryAfter == null ? penalty : retryAfter));
  }

  /**
   * Others may have used this budget up to {@code now}: lets what they sent leave the minute, and
   * come to where the day's requests are counted.
   */
  public void takenOver(Instant now) {
    if (perMinute > 0 || perDay > 0) {
      holdBack(now, WINDOW);
    }
  }

  /** Sends nothing for a while. */
  public void holdBack(Instant now, Duration pause) {
    notBefore = later(notBefore, now.plus(pause));
  }

  /** The API answered otherwise: what a later 429 costs shrinks again. */
  public void accepted() {
    penalty = penalty.dividedBy(2);
  }

  /** Requests of {@code day} that this budget has let through. */
  public long spentOn(LocalDate day) {
    return day.equals(this.day) ? spentHere : 0;
  }

  /** Requests that the day of {@code now} has left; empty without a limit. */
  public OptionalLong left(Instant now) {
    if (perDay == 0) {
      return OptionalLong.empty();
    }
    long spent = dayOf(now).isAfter(day) ? 0 : spentHere + spentElsewhere;
    return OptionalLong.of(Math.max(0, perDay - spent));
  }

  /** What others have spent of the same quota on {@code day}. */
  public void spentElsewhere(LocalDate day, long requests) {
    turnTo(day);
    if (day.equals(this.day)) {
      spentElsewhere = requests;
    }
  }

  /** A day never comes back, not even when the clock is set back over midnight. */
  private void turnTo(LocalDate next) {
    if (next.isAfter(day)) {
      day = next;
      spentHere = 0;
      spentElsewhere = 0;
    }
  }

  /** When the clock was set back, what was sent lies ahead: it is taken for sent just now. */
  private void followClock(Instant now) {
    Instant last = sent.isEmpty() || sent.peekLast().isBefore(seenAt) ? seenAt : sent.peekLast();
    seenAt = now;
    if (!last.isAfter(now.plus(WINDOW.multipliedBy(2)))) {
      return;
    }
    Duration back = Duration.between(now, last);
    int size = sent.size();
    for (int i = 0; i < size; i++) {
      sent.addLast(sent.removeFirst().minus(back));
    }
    notBefore = notBefore.equals(Instant.MIN) ? notBefore : notBefore.minus(back);
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }
}
