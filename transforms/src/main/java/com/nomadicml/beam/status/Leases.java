package com.nomadicml.beam.status;

import java.io.Serializable;
import java.time.Instant;
import java.util.Optional;

/** Keeps two runs from importing into one destination at the same time. */
public interface Leases extends Serializable {

  /**
   * Takes a lease that is free, expired, this run's own, or held by a process that died on this
   * machine.
   *
   * @throws LeaseHeldException if another run holds it
   */
  void acquire(Lease wanted, Instant now);

  /** The lease of a destination, whether it has expired or not. */
  Optional<Lease> holder(String destination);

  /**
   * Prolongs all leases of a run.
   *
   * @return how many the run still holds
   */
  int renew(String runId, Instant expiresAt);

  /** Gives all leases of a run back. */
  void release(String runId);
}
