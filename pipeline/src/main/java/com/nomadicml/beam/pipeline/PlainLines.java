package com.nomadicml.beam.pipeline;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** A line a minute, for logs. */
final class PlainLines implements ProgressLine.Screen {
  private static final Duration INTERVAL = Duration.ofMinutes(1);

  private final TerminalLine out;
  private boolean isFirst = true;

  PlainLines(TerminalLine out) {
    this.out = out;
  }

  @Override
  public Duration interval() {
    return INTERVAL;
  }

  /** A run that takes less than a minute needs none. */
  @Override
  public void draw(ProgressText text) {
    if (!isFirst) {
      out.println(text.plain());
    }
    isFirst = false;
  }

  @Override
  public void end(Supplier<Optional<ProgressText>> text) {}
}
