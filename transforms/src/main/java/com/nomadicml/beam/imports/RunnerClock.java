package com.nomadicml.beam.imports;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** The processing time of the runner, by which its timers fire; it goes on between two timers. */
final class RunnerClock extends Clock {
  private Instant told = Instant.EPOCH;
  private long toldAt;

  /** Takes over what the runner says the time is. */
  void tell(org.joda.time.Instant now) {
    told = Instant.ofEpochMilli(now.getMillis());
    toldAt = System.nanoTime();
  }

  @Override
  public Instant instant() {
    return told.plus(Duration.ofNanos(System.nanoTime() - toldAt));
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
