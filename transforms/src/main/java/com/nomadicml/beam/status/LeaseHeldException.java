package com.nomadicml.beam.status;

import java.time.Instant;
import java.util.Locale;

/** Another run is at work, and keeps this one out. The message is one line for people. */
public final class LeaseHeldException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean isLost;

  private LeaseHeldException(String message, boolean isLost) {
    super(message);
    this.isLost = isLost;
  }

  private LeaseHeldException(String message) {
    this(message, false);
  }

  /** Whether this run was at work before; else it was kept out at once, and has done nothing. */
  public boolean isLost() {
    return isLost;
  }

  /** Who is at work in the destination that is wanted, or is of the other kind. */
  static LeaseHeldException by(Lease holder, LeaseClaim wanted) {
    return holder.getDestination().equals(StorableText.key(wanted.destination()))
            && (holder.getKind() == null || holder.getKind() == wanted.kind())
        ? ofDestination(holder)
        : byOtherKind(holder);
  }

  private static LeaseHeldException ofDestination(Lease holder) {
    return new LeaseHeldException(
        name(holder)
            + " is importing into "
            + holder.getDestination()
            + ": wait for its end"
            + ifKilled(holder));
  }

  /** A stream where a batch is wanted, or the other way round. */
  private static LeaseHeldException byOtherKind(Lease holder) {
    Lease.Kind kind = holder.getKind();
    return new LeaseHeldException(
        name(holder)
            + ", "
            + (kind == null
                ? "of an earlier version and maybe a stream"
                : "a " + kind.name().toLowerCase(Locale.ROOT))
            + ", is at work on these status tables: a stream and a batch can't share a table at"
            + " once. Wait for its end or stop it, or name another --statusTable"
            + ifKilled(holder));
  }

  private static String name(Lease holder) {
    return "run "
        + holder.getRunId()
        + " ("
        + holder.getHolder()
        + ", since "
        + Instant.ofEpochMilli(holder.getAcquiredAt())
        + ")";
  }

  private static String ifKilled(Lease holder) {
    return "; if it was killed, its lease ends at " + Instant.ofEpochMilli(holder.getExpiresAt());
  }

  /** The run was not heard of for so long that another may have taken its place. */
  public static LeaseHeldException lost(String runId) {
    return new LeaseHeldException(
        "run "
            + runId
            + " has lost its lease, as after a long sleep of this machine: run again with the same"
            + " command",
        true);
  }
}
