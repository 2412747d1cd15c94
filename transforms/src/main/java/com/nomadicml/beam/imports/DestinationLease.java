package com.nomadicml.beam.imports;

import java.io.Serializable;

/** What keeps other runs out of a destination. */
public interface DestinationLease extends Serializable {
  /**
   * Takes a destination for the run, which may have it already.
   *
   * @throws com.nomadicml.beam.status.LeaseHeldException when another run is at work there
   */
  void acquire(String destination);
}
