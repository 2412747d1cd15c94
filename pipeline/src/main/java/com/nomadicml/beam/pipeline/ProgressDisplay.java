package com.nomadicml.beam.pipeline;

import java.io.Console;
import java.time.Duration;
import javax.annotation.Nullable;

/** Shows a person how far a run is. */
interface ProgressDisplay extends AutoCloseable {
  /** How often a log gets a line. */
  Duration INTERVAL = Duration.ofSeconds(30);

  /** Takes the newest state; called several times a second. */
  void show(Progress progress);

  @Override
  void close();

  /** Opens the display of one run. */
  @FunctionalInterface
  interface Factory {
    ProgressDisplay open();
  }

  /** A live line on a terminal, else a plain line from time to time; both on standard error. */
  static Factory fitting(@Nullable Console console) {
    return console == null
        ? () -> new PlainProgress(System.err, INTERVAL)
        : () -> new LiveProgress(System.err);
  }
}
