package com.nomadicml.beam.pipeline;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** One line of a terminal that is drawn anew, without colours or any other sequence. */
final class LiveLine implements ProgressLine.Screen {
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final TerminalLine terminal;
  private final TerminalWidth width;

  LiveLine(TerminalLine terminal, TerminalWidth width) {
    this.terminal = terminal;
    this.width = width;
  }

  @Override
  public Duration interval() {
    return INTERVAL;
  }

  @Override
  public void draw(ProgressText text) {
    // In the last column some terminals break the line.
    terminal.draw(text.fitting(width.columns() - 1));
  }

  @Override
  public void end(Supplier<Optional<ProgressText>> text) {
    Optional<ProgressText> last = text.get();
    terminal.clear();
    last.ifPresent(shown -> terminal.println(shown.ended(width.columns() - 1)));
  }
}
