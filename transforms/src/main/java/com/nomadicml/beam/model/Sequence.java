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
}
