package com.nomadicml.beam.pipeline;

import com.google.common.util.concurrent.MoreExecutors;
import com.nomadicml.beam.imports.HttpApiFactory;
import com.nomadicml.beam.status.LeaseHeldException;
import com.nomadicml.beam.status.Leases;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews a run's leases, on a thread of its own: a runner may keep the launcher waiting until the
 * pipeline has ended, as Flink's does.
 */
final class LeaseKeeper implements Runnable, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseKeeper.class);

  /** How often leases are renewed. */
  static final Duration INTERVAL = AcquireLease.EXPIRY.dividedBy(6);

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Leases leases;
  private final String runId;
  private final HttpApiFactory api;
  private final ScheduledExecutorService timer;
  private int held;
  private volatile boolean lost;

  private LeaseKeeper(
      Leases leases, String runId, HttpApiFactory api, ScheduledExecutorService timer) {
    this.leases = leases;
    this.runId = runId;
    this.api = api;
    this.timer = timer;
  }

  /**
   * Keeps the leases of a run until it is closed.
   *
   * @param timer is shut down then
   */
  static LeaseKeeper start(
      ImportSettings settings, HttpApiFactory api, ScheduledExecutorService timer) {
    LeaseKeeper keeper = new LeaseKeeper(settings.store().leases(), settings.runId(), api, timer);
    timer.scheduleAtFixedRate(
        keeper, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    return keeper;
  }

  /** Renews once. A run that has lost a lease sends nothing any more. */
  @Override
  public void run() {
    try {
      int now = leases.renew(runId, AcquireLease.EXPIRY);
      if (now < held) {
        LOG.error("Another run has taken the place of run {}", runId);
        lost = true;
        api.close();
      }
      held = now;
    } catch (RuntimeException e) {
      // The next renewal is early enough.
      LOG.warn("The leases of run {} can't be renewed now: {}", runId, e.getMessage());
    }
  }

  /** Whether another run has taken this one's place. */
  boolean isLost() {
    return lost;
  }

  /**
   * To be asked however the pipeline has ended, as nothing was sent since.
   *
   * @throws LeaseHeldException if {@link #isLost}
   */
  void throwIfLost() {
    if (lost) {
      throw LeaseHeldException.lost(runId);
    }
  }

  /** Returns when no renewal is under way any more. */
  @Override
  public void close() {
    MoreExecutors.shutdownAndAwaitTermination(timer, PATIENCE);
  }
}
