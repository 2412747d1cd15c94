package com.nomadicml.beam.status;

import java.time.Instant;

/** Another run is importing into the same destination. The message is one line for people. */
public final class LeaseHeldException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private LeaseHeldException(String message) {
    super(message);
  }

  static LeaseHeldException by(Lease holder) {
    return new LeaseHeldException(
        "run "
            + holder.getRunId()
            + " ("
            + holder.getHolder()
            + ", since "
            + Instant.ofEpochMilli(holder.getAcquiredAt())
            + ") is importing into "
            + holder.getDestination()
            + ": wait for its end; if it was killed, its lease ends at "
            + Instant.ofEpochMilli(holder.getExpiresAt()));
  }

  /** The run was not heard of for so long that another may have taken its place. */
  public static LeaseHeldException lost(String runId) {
    return new LeaseHeldException(
        "run "
            + runId
            + " has lost its lease, as after a long sleep of this machine: run again with the same"
            + " command");
  }
}
