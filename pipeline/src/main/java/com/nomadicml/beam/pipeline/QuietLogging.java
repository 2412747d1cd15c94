package com.nomadicml.beam.pipeline;

import java.util.logging.Level;
import java.util.logging.Logger;

/** Keeps a local run's log to what a person has to know; {@code -Djava.util.logging.…} wins. */
final class QuietLogging {
  private QuietLogging() {}

  static void configure() {
    if (System.getProperty("java.util.logging.config.file") != null) {
      return;
    }
    System.setProperty("java.util.logging.SimpleFormatter.format", "%1$tT %4$s %5$s%6$s%n");
    Logger.getLogger("").setLevel(Level.SEVERE);
    Logger.getLogger("com.nomadicml").setLevel(Level.WARNING);
  }
}
