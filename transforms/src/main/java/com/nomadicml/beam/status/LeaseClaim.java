package com.nomadicml.beam.status;

import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;

/** Who wants which destination: a {@link Lease} that has no times yet. */
public record LeaseClaim(String destination, String runId, HolderProcess process, Lease.Kind kind)
    implements Serializable {

  /** As it is held from now on. */
  Lease at(Instant now, Duration time) {
    return Lease.of(
        destination,
        runId,
        process.name(),
        process.identity(),
        now.toEpochMilli(),
        now.plus(time).toEpochMilli(),
        kind);
  }
}
