package com.nomadicml.beam.status;

import com.google.auto.value.AutoValue;
import java.io.Serializable;
import javax.annotation.Nullable;

/**
 * One row of {@code import_leases}: which run may import into a destination, and until when. A run
 * renews its leases while it is alive. Times are epoch milliseconds.
 */
@AutoValue
public abstract class Lease implements Serializable {
  private static final long serialVersionUID = 1L;

  /** What a run is. The two share no tables at once. */
  public enum Kind {
    BATCH,
    STREAM
  }

  public abstract String getDestination();

  public abstract String getRunId();

  /** Who holds it, for people: host and process. */
  public abstract String getHolder();

  /** Who holds it, for {@link HolderProcess#isDead}. */
  public abstract String getProcess();

  public abstract long getAcquiredAt();

  public abstract long getExpiresAt();

  /** Null for a run of an earlier version. */
  @Nullable
  public abstract Kind getKind();

  static Lease of(
      String destination,
      String runId,
      String holder,
      String process,
      long acquiredAt,
      long expiresAt,
      @Nullable Kind kind) {
    return new AutoValue_Lease(destination, runId, holder, process, acquiredAt, expiresAt, kind);
  }
}
