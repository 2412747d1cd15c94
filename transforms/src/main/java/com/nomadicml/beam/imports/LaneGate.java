package com.nomadicml.beam.imports;

import com.nomadicml.beam.api.RequestBudget;
import com.nomadicml.beam.api.RequestGate;
import com.nomadicml.beam.api.Sleeper;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import javax.annotation.Nullable;

/** Holds requests back until a lane's budget has room for them, and counts them. */
final class LaneGate implements RequestGate {
  private final RequestBudget budget;
  private final Clock clock;
  private final Sleeper sleeper;
  private final AtomicLong passed = new AtomicLong();
  private volatile boolean closed;

  LaneGate(RequestBudget budget, Clock clock, Sleeper sleeper) {
    this.budget = budget;
    this.clock = clock;
    this.sleeper = sleeper;
  }

  @Override
  public void await() throws InterruptedException {
    if (closed) {
      throw new InterruptedException("the run has ended");
    }
    Duration wait;
    synchronized (budget) {
      wait = budget.reserve(clock.instant());
    }
    passed.incrementAndGet();
    if (wait.compareTo(Duration.ZERO) > 0) {
      sleeper.sleep(wait);
    }
  }

  @Override
  public void slowDown(@Nullable Duration retryAfter) {
    synchronized (budget) {
      budget.refused(clock.instant(), retryAfter);
    }
  }

  @Override
  public void recover() {
    synchronized (budget) {
      budget.accepted();
    }
  }

  /** Lets nothing through any more. */
  void close() {
    closed = true;
  }

  /** Requests that this process has let through. */
  long passed() {
    return passed.get();
  }
}
