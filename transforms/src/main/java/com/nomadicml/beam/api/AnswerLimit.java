package com.nomadicml.beam.api;

import java.time.Duration;

/**
 * How much of an answer is read, and for how long.
 *
 * @param bytes of the body, as it is sent and as it is decoded
 * @param forHeaders how long an answer may take to begin
 * @param forBody how long its body may take from there to its end
 */
record AnswerLimit(int bytes, Duration forHeaders, Duration forBody) {
  /** Of an error; the rest is cut off. */
  static final int ERROR_BYTES = 64 << 10;

  private static final int MIB = 1 << 20;
  private static final int BYTES_AN_ITEM = 512;
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final Duration A_PAGE = Duration.ofMinutes(2);

  /** What the vendor's client waits for an import, which is in doubt afterwards. */
  private static final Duration AN_IMPORT = Duration.ofMinutes(15);

  /** Of a key, a folder, a job, a video: a few members. */
  static final AnswerLimit SMALL = new AnswerLimit(MIB, SOON, SOON);

  /** Of all saved integrations. */
  static final AnswerLimit INTEGRATIONS = new AnswerLimit(8 * MIB, SOON, A_PAGE);

  /** Of a page: over 3 KB for each of 5,000 rows, the most that a page is asked for by itself. */
  static final AnswerLimit PAGE = new AnswerLimit(16 * MIB, A_PAGE, A_PAGE);

  /** Of an import of so many items, each of which the older answer names. */
  static AnswerLimit ofImport(int items) {
    int bytes = (int) Math.min(16L * MIB, MIB + (long) items * BYTES_AN_ITEM);
    return new AnswerLimit(bytes, AN_IMPORT, SOON);
  }

  /** The same, but no wait longer than this one. */
  AnswerLimit within(Duration longest) {
    return new AnswerLimit(bytes, shorter(forHeaders, longest), shorter(forBody, longest));
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
