package com.nomadicml.beam.imports;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that goes on only when somebody sleeps by it. */
final class VirtualClock extends Clock {
  private Instant now;

  VirtualClock(Instant start) {
    now = start;
  }

  void sleep(Duration duration) {
    now = now.plus(duration);
  }

  void sleepUntil(Instant instant) {
    now = instant.isAfter(now) ? instant : now;
  }

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException("a virtual clock goes by UTC");
  }
}
