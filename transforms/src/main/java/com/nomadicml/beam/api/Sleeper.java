package com.nomadicml.beam.api;

import java.io.Serializable;
import java.time.Duration;

/** Waits; injected, so that tests pass through days in seconds. */
@FunctionalInterface
public interface Sleeper extends Serializable {
  void sleep(Duration duration) throws InterruptedException;

  /** Sleeps for real. */
  static Sleeper real() {
    return duration -> Thread.sleep(duration.toMillis());
  }
}
