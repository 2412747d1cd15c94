package com.nomadicml.beam.imports;

import com.nomadicml.beam.api.ApiRoute;
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
      Metrics.counter(ImportMetrics.NAMESPACE, Metrics.THROTTLE_TIME_COUNTER_NAME);
  private final Distribution waits = ImportMetrics.distribution(ImportMetrics.QUOTA_WAIT);
  private final Distribution left = ImportMetrics.distribution(ImportMetrics.LANE_QUOTA_LEFT);
  private final LaneGate gate;
  private final Clock clock;

  MeteredGate(LaneGate gate, Clock clock) {
    this.gate = gate;
    this.clock = clock;
  }

  @Override
  public void await() throws InterruptedException {
    long start = clock.millis();
    gate.await();
    long waited = Math.max(0, clock.millis() - start);
    requests.inc();
    throttled.inc(waited);
    waits.update(waited);
    gate.left(clock.instant()).ifPresent(left::update);
  }

  @Override
  public void answered(ApiRoute route, int status) {
    ImportMetrics.counter(ImportMetrics.requests(route, status)).inc();
  }

  @Override
  public void slowDown(@Nullable Duration retryAfter) {
    gate.slowDown(retryAfter);
  }

  @Override
  public boolean isPatient() {
    return gate.isPatient();
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
