package com.nomadicml.beam.imports;

import java.util.Arrays;

/**
 * A job of the simulated backend.
 *
 * @param clips numbers of its videos, in the order of the request
 * @param begin how many videos the backend works through before this job's first
 */
record SimulatedJob(int number, int[] clips, double begin) {
  private static final double APPEAR_WITHIN = 1_000;
  private static final double PROCESS_WITHIN = 2_000;
  private static final double LATE_BY = 1_800_000;

  /** Low bits of an id say which video of the request it is. */
  private static final long INDEX = 0xF_FFFF;

  /** The rows, always the same ones for the same job. */
  SimulatedRows rows(Pace pace, double videosPerSecond) {
    int size = clips.length;
    long[] ids = new long[size];
    for (int i = 0; i < size; i++) {
      ids[i] = ((mix(number + 1L, clips[i]) & ~INDEX) | i) ^ Long.MIN_VALUE;
    }
    Arrays.sort(ids);
    int[] sortedClips = new int[size];
    long[] shownAt = new long[size];
    long[] doneAt = new long[size];
    for (int row = 0; row < size; row++) {
      ids[row] ^= Long.MIN_VALUE;
      int index = (int) (ids[row] & INDEX);
      long seed = mix(ids[row], 1);
      double worked =
          pace.jobsSideBySide() == 0
              ? index
              : fraction(mix(seed, 2)) * size * pace.jobsSideBySide();
      double taken = 1_000 * pace.secondsFor(begin + worked, videosPerSecond);
      double shown = taken + APPEAR_WITHIN * fraction(mix(seed, 3));
      double done = shown + PROCESS_WITHIN * fraction(mix(seed, 4));
      if (fraction(mix(seed, 5)) < pace.stragglers()) {
        done += LATE_BY * fraction(mix(seed, 6));
      }
      sortedClips[row] = clips[index];
      shownAt[row] = Math.round(shown);
      doneAt[row] = Math.round(done);
    }
    return new SimulatedRows(ids, sortedClips, shownAt, doneAt);
  }

  /** SplitMix64's finisher. */
  private static long mix(long seed, long value) {
    long z = seed * 0xD1342543DE82EF95L + value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  private static double fraction(long value) {
    return (value >>> 11) * 0x1.0p-53;
  }
}
