package com.nomadicml.beam.status;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * Keeps two runs from importing into one destination at the same time, and a stream and a batch
 * from sharing tables. A lease ends by the database's own clock.
 */
public interface Leases extends Serializable {

  /**
   * Takes a lease that is free, expired, this run's own, or held by a process that died on this
   * machine.
   *
   * @return the leases of other runs whose place it takes
   * @throws LeaseHeldException if another run holds it, or one is at work that excludes this one
   */
  List<Lease> acquire(LeaseClaim wanted, Duration time);

  /**
   * Prolongs all leases of a run.
   *
   * @return how many the run still holds
   */
  int renew(String runId, Duration time);

  /** Gives all leases of a run back. */
  void release(String runId);
}
