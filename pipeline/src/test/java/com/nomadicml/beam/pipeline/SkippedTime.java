package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.api.Sleeper;
import java.io.Serializable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;

/** This machine's clock, and a sleeper that puts it forward instead of waiting. */
final class SkippedTime extends Clock implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Of the whole process, as transforms get copies of their clock. */
  private static final AtomicLong SKIPPED = new AtomicLong();

  static final Sleeper SLEEPER = time -> SKIPPED.addAndGet(time.toMillis());

  /** As {@link #SLEEPER}, and gives up for real what takes longer than {@code longest}. */
  record Impatient(Duration longest) implements Sleeper {
    @Override
    public void sleep(Duration time) throws InterruptedException {
      SLEEPER.sleep(time);
    }

    @Override
    public Duration patience(Duration ignored) {
      return longest;
    }
  }

  @Override
  public Instant instant() {
    return Instant.now().plusMillis(SKIPPED.get());
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException("UTC only");
  }
}
