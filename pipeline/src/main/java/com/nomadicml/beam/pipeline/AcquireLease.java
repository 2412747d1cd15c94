package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.status.HolderProcess;
import com.nomadicml.beam.status.Lease;
import com.nomadicml.beam.status.Leases;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.apache.beam.sdk.transforms.DoFn;

/**
 * Takes destinations, and yields each once this run alone may import into it.
 *
 * <p>Throws {@link com.nomadicml.beam.status.LeaseHeldException} when another run is alive there.
 */
final class AcquireLease extends DoFn<String, String> {
  /** How long a run may be silent before another may take its place. */
  static final Duration EXPIRY = Duration.ofMinutes(2);

  private static final long serialVersionUID = 1L;

  private final Leases leases;
  private final String runId;
  private final HolderProcess launcher;
  private final Clock clock;

  AcquireLease(Leases leases, String runId, HolderProcess launcher, Clock clock) {
    this.leases = leases;
    this.runId = runId;
    this.launcher = launcher;
    this.clock = clock;
  }

  @ProcessElement
  public void acquire(@Element String destination, OutputReceiver<String> out) {
    acquire(destination);
    out.output(destination);
  }

  void acquire(String destination) {
    Instant now = clock.instant();
    leases.acquire(Lease.of(destination, runId, launcher, now, now.plus(EXPIRY)), now);
  }
}
