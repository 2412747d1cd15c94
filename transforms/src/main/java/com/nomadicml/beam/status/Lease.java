package com.nomadicml.beam.status;

import com.google.auto.value.AutoValue;
import java.io.Serializable;
import java.time.Instant;

/**
 * One row of {@code import_leases}: which run may import into a destination, and until when. A run
 * renews its leases while it is alive. Times are epoch milliseconds.
 */
@AutoValue
public abstract class Lease implements Serializable {
  private static final long serialVersionUID = 1L;

  public abstract String getDestination();

  public abstract String getRunId();

  /** Who holds it, for people: host and process. */
  public abstract String getHolder();

  /** Who holds it, for {@link HolderProcess#isDead}. */
  public abstract String getProcess();

  public abstract long getAcquiredAt();

  public abstract long getExpiresAt();

  public static Lease of(
      String destination, String runId, HolderProcess process, Instant now, Instant expiresAt) {
    return of(
        destination,
        runId,
        process.name(),
        process.identity(),
        now.toEpochMilli(),
        expiresAt.toEpochMilli());
  }

  static Lease of(
      String destination,
      String runId,
      String holder,
      String process,
      long acquiredAt,
      long expiresAt) {
    return new AutoValue_Lease(destination, runId, holder, process, acquiredAt, expiresAt);
  }
}
