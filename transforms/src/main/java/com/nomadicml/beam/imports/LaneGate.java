package com.nomadicml.beam.imports;

import com.google.common.collect.Comparators;
import com.nomadicml.beam.api.ApiRoute;
import com.nomadicml.beam.api.HeldBackException;
import com.nomadicml.beam.api.NomadicApiFactory;
import com.nomadicml.beam.api.QuotaSpentException;
import com.nomadicml.beam.api.RequestBudget;
import com.nomadicml.beam.api.RequestGate;
import com.nomadicml.beam.api.RunStoppedException;
import com.nomadicml.beam.api.Sleeper;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;
import javax.annotation.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds requests back until a lane's budget has room for them, and counts them. */
final class LaneGate implements RequestGate {
  private static final Logger LOG = LoggerFactory.getLogger(LaneGate.class);

  /** Places are taken so far ahead, and no further. */
  private static final Duration SHORT = Duration.ofMinutes(1);

  private final RequestBudget budget;
  private final Duration patience;
  private final Clock clock;
  private final Sleeper sleeper;
  private final HourlyRequests hours = new HourlyRequests();
  private final AtomicLong passed = new AtomicLong();
  private volatile boolean closed;
  @Nullable private volatile String stopReason;

  /** What it takes of an account's quota; null where nobody shares it. */
  @Nullable private QuotaShare share;

  /** What tells the lane's share of what was spent; null once it was asked, or need not be. */
  @Nullable private ToLongFunction<LocalDate> takeover;

  /**
   * @param patience the longest wait; a request that has to wait for longer ends the run
   */
  LaneGate(RequestBudget budget, Duration patience, Clock clock, Sleeper sleeper) {
    this.budget = budget;
    this.patience = patience;
    this.clock = clock;
    this.sleeper = sleeper;
  }

  /**
   * For a lane that another process may have used a moment ago: before the first request, lets all
   * that was sent leave the minute, where there is a limit, then asks what was spent.
   *
   * @param spent the lane's share of what was spent on a day
   */
  LaneGate takingOver(ToLongFunction<LocalDate> spent) {
    takeover = spent;
    budget.takenOver(clock.instant());
    return this;
  }

  /** For a lane that others of its account send beside: takes its requests out of the account's. */
  LaneGate sharing(QuotaShare share) {
    this.share = share;
    return this;
  }

  private void takeShare(Duration longestWait) throws InterruptedException, HeldBackException {
    while (share != null) {
      Instant now = clock.instant();
      Instant at = share.take(now);
      if (!at.isAfter(now)) {
        return;
      }
      Duration wait = Duration.between(now, at);
      throwIfLonger(wait, longestWait);
      if (wait.compareTo(patience) > 0) {
        throw new QuotaSpentException(at);
      }
      sleeper.sleep(Comparators.min(wait, SHORT));
      throwIfEnded();
    }
  }

  private synchronized void takeOver(Duration longestWait)
      throws InterruptedException, HeldBackException {
    if (takeover != null) {
      throwIfEnded();
      Instant now = clock.instant();
      Duration wait = Duration.between(now, next(now));
      throwIfLonger(wait, longestWait);
      if (wait.compareTo(Duration.ZERO) > 0) {
        sleeper.sleep(Comparators.min(wait, RequestBudget.WINDOW));
      }
      LocalDate today = RequestBudget.dayOf(clock.instant());
      spentElsewhere(today, takeover.applyAsLong(today));
      takeover = null;
    }
  }

  /**
   * Waits until the next request may be sent.
   *
   * @throws QuotaSpentException if that is not within the patience
   * @throws RunStoppedException if the run was stopped
   */
  @Override
  public void await() throws InterruptedException, HeldBackException {
    await(NomadicApiFactory.UNLIMITED);
  }

  /**
   * The same for a thread that has other things to do.
   *
   * @throws HeldBackException if the wait is longer than {@code longestWait}
   */
  void await(Duration longestWait) throws InterruptedException, HeldBackException {
    takeOver(longestWait);
    while (true) {
      throwIfEnded();
      Duration wait;
      boolean reserved;
      synchronized (budget) {
        Instant now = clock.instant();
        Instant next = budget.next(now);
        wait = Duration.between(now, next);
        throwIfLonger(wait, longestWait);
        if (wait.compareTo(patience) > 0) {
          throw new QuotaSpentException(next);
        }
        reserved = wait.compareTo(SHORT) <= 0;
        if (reserved) {
          budget.reserve(now);
        }
      }
      if (wait.compareTo(Duration.ZERO) > 0) {
        sleeper.sleep(reserved ? wait : SHORT);
      }
      if (reserved) {
        throwIfEnded();
        takeShare(longestWait);
        passed.incrementAndGet();
        return;
      }
    }
  }

  private static void throwIfLonger(Duration wait, Duration longestWait) throws HeldBackException {
    if (wait.compareTo(longestWait) > 0) {
      throw new HeldBackException(0, wait, "the lane's next request has to wait");
    }
  }

  private void throwIfEnded() throws InterruptedException {
    if (closed) {
      throw new InterruptedException("the run has ended");
    }
    String reason = stopReason;
    if (reason != null) {
      throw new RunStoppedException(reason);
    }
  }

  @Override
  public void answered(ApiRoute route, int status) {
    hours.answered(clock.instant(), status);
  }

  /** How the requests that have passed were answered. */
  HourlyRequests hours() {
    return hours;
  }

  @Override
  public void slowDown(@Nullable Duration retryAfter) {
    synchronized (budget) {
      budget.refused(clock.instant(), retryAfter);
      if (share != null) {
        share.askedToWait(budget.next(clock.instant()));
      }
    }
  }

  @Override
  public boolean isPatient() {
    return true;
  }

  @Override
  public void holdBack(Duration pause) {
    synchronized (budget) {
      budget.holdBack(clock.instant(), pause);
    }
  }

  @Override
  public void recover() {
    synchronized (budget) {
      budget.accepted();
    }
  }

  /** When the next request may be sent, {@code now} or later. */
  Instant next(Instant now) {
    return next(now, 0);
  }

  /** The same for one that others precede, which are not let through yet. */
  Instant next(Instant now, int before) {
    synchronized (budget) {
      return budget.next(now, before);
    }
  }

  /** Lets nothing through any more, and tells those who ask why. */
  void stop(String reason) {
    stopReason = reason;
  }

  /** Lets nothing through any more; who asks is interrupted. */
  void close() {
    boolean wasOpen = !closed;
    closed = true;
    if (share != null && wasOpen) {
      try {
        share.close(clock.instant());
      } catch (RuntimeException e) {
        LOG.warn("What was taken of the quota counts as sent: {}", e.getMessage());
      }
    }
  }

  /** Requests that this process has let through. */
  long passed() {
    return passed.get();
  }

  /** Requests of {@code day} that this process has let through. */
  long passedOn(LocalDate day) {
    synchronized (budget) {
      return budget.spentOn(day);
    }
  }

  /** Requests that the lane has left of its share of the day; empty without a limit. */
  OptionalLong left(Instant now) {
    synchronized (budget) {
      return budget.left(now);
    }
  }

  /** What others have spent of this lane's share on {@code day}. */
  void spentElsewhere(LocalDate day, long requests) {
    synchronized (budget) {
      budget.spentElsewhere(day, requests);
    }
  }
}
