package com.nomadicml.beam.pipeline;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import javax.annotation.Nullable;

/** A line from time to time, for logs. */
final class PlainProgress implements ProgressDisplay {
  private final PrintStream out;
  private final Duration interval;
  @Nullable private Instant nextAt;

  PlainProgress(PrintStream out, Duration interval) {
    this.out = out;
    this.interval = interval;
  }

  @Override
  public void show(Progress progress) {
    if (nextAt == null) {
      nextAt = progress.at().plus(interval);
    } else if (!progress.at().isBefore(nextAt)) {
      nextAt = progress.at().plus(interval);
      out.println(progress.describe());
    }
  }

  @Override
  public void close() {}
}
