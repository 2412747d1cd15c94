package com.nomadicml.beam.api;

import java.io.Serializable;
import java.time.Duration;

/** Waits; injected, so that tests pass through days in seconds. */
@FunctionalInterface
public interface Sleeper extends Serializable {
  void sleep(Duration duration) throws InterruptedException;

  /**
   * How long an answer is waited for, whatever the clock says: on the network no time is skipped.
   *
   * @param longest what the caller allows
   * @return {@code longest}, or less where time is skipped
   */
  default Duration patience(Duration longest) {
    return longest;
  }

  /** Sleeps for real. */
  static Sleeper real() {
    return duration -> Thread.sleep(duration.toMillis());
  }
}
