package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.status.RunNumbers;
import java.time.Clock;

/** Shows a person how far a run is. */
interface ProgressDisplay extends AutoCloseable {
  /** Gives it the time to look and to draw; called several times a second. */
  void tick();

  @Override
  void close();

  /** How it is shown. */
  enum Mode {
    /** A bar on a terminal, else plain lines. */
    AUTO,
    /** One line that is drawn anew. */
    BAR,
    /** A line from time to time, for logs. */
    PLAIN,
    NONE
  }

  /** Opens the display of one run. */
  @FunctionalInterface
  interface Factory {
    ProgressDisplay open(Mode mode, RunNumbers numbers, String runId, Clock clock);
  }

  /** On a terminal that may be one; plain lines go to it as well. */
  static Factory on(TerminalLine terminal) {
    return (mode, numbers, runId, clock) -> {
      TerminalWidth width = TerminalWidth.ofStandardError();
      boolean isBar = mode == Mode.BAR || mode == Mode.AUTO && width.isTerminal();
      return mode == Mode.NONE
          ? new NoProgress()
          : new ProgressLine(
              new RunLook(numbers, runId, clock),
              isBar ? new LiveLine(terminal, width) : new PlainLines(terminal),
              clock);
    };
  }

  /** Shows nothing. */
  final class NoProgress implements ProgressDisplay {
    @Override
    public void tick() {}

    @Override
    public void close() {}
  }
}
