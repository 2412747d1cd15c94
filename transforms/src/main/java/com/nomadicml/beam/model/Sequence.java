package com.nomadicml.beam.model;

import java.time.Instant;

/**
 * The order of writes to one row: attempt first, then how far the attempt has come, then the time.
 *
 * <p>A replayed bundle writes an earlier stage with a later clock; ranking the stage above the
 * clock keeps it from undoing what is known.
 */
public final class Sequence {
  private static final int MILLIS_BITS = 48;
  private static final int RANK_BITS = 4;

  private Sequence() {}

  /** A sequence number; larger ones replace smaller ones. */
  public static long of(int attempt, int rank, Instant at) {
    return ((long) attempt << (MILLIS_BITS + RANK_BITS))
        | ((long) rank << MILLIS_BITS)
        | at.toEpochMilli();
  }

  /** The time of a sequence number's write. */
  public static Instant timeOf(long sequence) {
    return Instant.ofEpochMilli(sequence & ((1L << MILLIS_BITS) - 1));
  }

  /** Whether two writes are of one attempt, and as far as each other. */
  public static boolean isSameStage(long sequence, long other) {
    return sequence >> MILLIS_BITS == other >> MILLIS_BITS;
  }

  /** The sequence of a later write of the same stage, above {@code before} whatever the clock. */
  public static long after(long before, Instant at) {
    return Math.max(before + 1, before >> MILLIS_BITS << MILLIS_BITS | at.toEpochMilli());
  }

  /** The sequence of a later write that says more, or the same as before. */
  public static long after(long before, int attempt, int rank, Instant at) {
    return Math.max(before + 1, of(attempt, rank, at));
  }
}
