package com.nomadicml.beam.imports;

import com.nomadicml.beam.api.ApiRoute;
import com.nomadicml.beam.api.HeldBackException;
import com.nomadicml.beam.api.NomadicApiFactory;
import com.nomadicml.beam.api.RequestGate;
import java.time.Clock;
import java.time.Duration;
import javax.annotation.Nullable;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Distribution;
import org.apache.beam.sdk.metrics.Metrics;

/**
 * Shows in the runner's metrics what passes a lane's gate. Waiting is reported as throttling too,
 * so that a runner does not add workers that would wait as well.
 */
final class MeteredGate implements RequestGate {
  private final Counter requests = ImportMetrics.counter(ImportMetrics.REQUESTS);
  private final Counter throttled =
      Metrics.counter(Metrics.THROTTLE_TIME_NAMESPACE, Metrics.THROTTLE_TIME_COUNTER_NAME);
  private final Distribution waits = ImportMetrics.distribution(ImportMetrics.QUOTA_WAIT);
  private final Distribution left = ImportMetrics.distribution(ImportMetrics.LANE_QUOTA_LEFT);
  private final LaneGate gate;
  private final Clock clock;
  private final Duration longestWait;

  /**
   * @param longestWait that the caller's thread has the time for
   */
  MeteredGate(LaneGate gate, Clock clock, Duration longestWait) {
    this.gate = gate;
    this.clock = clock;
    this.longestWait = longestWait;
  }

  @Override
  public boolean mayWait(Duration wait) {
    return wait.compareTo(longestWait) <= 0;
  }

  @Override
  public void await() throws InterruptedException, HeldBackException {
    long start = clock.millis();
    gate.await(longestWait);
    long waited = Math.max(0, clock.millis() - start);
    requests.inc();
    throttled.inc(waited);
    waits.update(waited);
    gate.left(clock.instant()).ifPresent(left::update);
  }

  @Override
  public void answered(ApiRoute route, int status) {
    ImportMetrics.counter(ImportMetrics.requests(route, status)).inc();
    gate.answered(route, status);
  }

  @Override
  public void slowDown(@Nullable Duration retryAfter) {
    gate.slowDown(retryAfter);
  }

  @Override
  public boolean isPatient() {
    return longestWait.equals(NomadicApiFactory.UNLIMITED) && gate.isPatient();
  }

  @Override
  public void holdBack(Duration pause) {
    gate.holdBack(pause);
  }

  @Override
  public void recover() {
    gate.recover();
  }
}
