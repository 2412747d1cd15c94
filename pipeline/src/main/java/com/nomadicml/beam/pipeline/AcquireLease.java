package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.imports.DestinationLease;
import com.nomadicml.beam.imports.lane.HeldLane;
import com.nomadicml.beam.model.VisibleText;
import com.nomadicml.beam.status.HolderProcess;
import com.nomadicml.beam.status.Lease;
import com.nomadicml.beam.status.LeaseClaim;
import com.nomadicml.beam.status.LeaseHeldException;
import com.nomadicml.beam.status.RunState;
import com.nomadicml.beam.status.StatusStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes destinations with their items' count, and yields each once this run alone may import into
 * it. A run whose place it takes, as that run was killed, is {@code FAILED} from then on. The lane
 * of a stream is told of what is open there.
 *
 * <p>Throws {@link com.nomadicml.beam.status.LeaseHeldException} when another run is alive there,
 * or one that excludes this one is at work elsewhere in these tables.
 */
final class AcquireLease extends DoFn<KV<String, Long>, KV<String, Long>>
    implements DestinationLease {
  private static final Logger LOG = LoggerFactory.getLogger(AcquireLease.class);

  /** How long a run may be silent before another may take its place. */
  static final Duration EXPIRY = Duration.ofMinutes(2);

  private static final long serialVersionUID = 1L;

  private final StatusStore store;
  private final String runId;
  private final Lease.Kind kind;
  private final HolderProcess holder;
  private final Clock clock;

  /**
   * For a run that this process launches.
   *
   * @param holder whose life is the run's
   */
  AcquireLease(ImportSettings settings, HolderProcess holder, Clock clock) {
    this.store = settings.store();
    this.runId = settings.runId();
    this.kind = settings.isStreaming() ? Lease.Kind.STREAM : Lease.Kind.BATCH;
    this.holder = holder;
    this.clock = clock;
  }

  @ProcessElement
  public void acquire(@Element KV<String, Long> destination, OutputReceiver<KV<String, Long>> out) {
    acquire(destination.getKey());
    out.output(destination);
  }

  /** Takes those of some destinations where no other run is alive, and returns them. */
  List<String> acquireFree(List<String> destinations) {
    List<String> taken = new ArrayList<>();
    for (String destination : destinations) {
      try {
        acquire(destination);
        taken.add(destination);
      } catch (LeaseHeldException e) {
        LOG.warn("What is open elsewhere is left alone: {}", VisibleText.of(e.getMessage()));
      }
    }
    return taken;
  }

  @Override
  public void acquire(String destination) {
    store
        .leases()
        .acquire(new LeaseClaim(destination, runId, holder, kind), EXPIRY)
        .forEach(this::takePlaceOf);
    if (kind == Lease.Kind.STREAM) {
      store.lane().announce(runId, destination);
    }
  }

  private void takePlaceOf(Lease dead) {
    if (!HolderProcess.isDead(dead.getProcess())) {
      // Nobody knows whether it is, so what it has sent may be on the wire.
      store.lane().event(runId, clock.instant(), HeldLane.TOOK_OVER, dead.getRunId());
    }
    endDeadRun(dead);
  }

  private void endDeadRun(Lease dead) {
    Instant lastAlive = Instant.ofEpochMilli(dead.getExpiresAt()).minus(EXPIRY);
    RunProgress.of(store, dead.getRunId(), clock.instant())
        .filter(run -> run.tables().run().getState() == RunState.RUNNING)
        .map(run -> run.lines().into(run.tables().run().toBuilder()))
        .map(row -> row.setState(RunState.FAILED))
        .map(row -> row.setFinishedAt(lastAlive.toEpochMilli()).build())
        .ifPresent(store::recordRun);
  }
}
