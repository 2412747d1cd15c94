package com.nomadicml.beam.imports;

import com.nomadicml.beam.api.ApiRoute;
import com.nomadicml.beam.api.HeldBackException;
import com.nomadicml.beam.api.RequestGate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import javax.annotation.Nullable;

/**
 * A lane's gate for calls whose caller decides itself when they are made again: waits for the quota
 * as the lane's does, and lets a call go on only as long as its next try is near.
 */
record BriefGate(LaneGate gate, Clock clock, Duration longestWait) implements RequestGate {

  /** Whether the next try may be made so soon, as far as the gate knows. */
  @Override
  public boolean mayWait(Duration wait) {
    Instant now = clock.instant();
    Instant latest = now.plus(longestWait);
    return wait.compareTo(longestWait) <= 0 && !gate.next(now).isAfter(latest);
  }

  @Override
  public void await() throws InterruptedException, HeldBackException {
    gate.await();
  }

  @Override
  public void slowDown(@Nullable Duration retryAfter) {
    gate.slowDown(retryAfter);
  }

  @Override
  public void holdBack(Duration pause) {
    gate.holdBack(pause);
  }

  @Override
  public void recover() {
    gate.recover();
  }

  @Override
  public void answered(ApiRoute route, int status) {
    gate.answered(route, status);
  }
}
