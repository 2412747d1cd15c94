package com.nomadicml.beam.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.UnsupportedEncodingException;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Keeps a local run's log to what a person has to know; {@code -Djava.util.logging.…} wins. */
final class QuietLogging {
  private static volatile boolean isQuiet = true;

  private QuietLogging() {}

  static void configure() {
    if (System.getProperty("java.util.logging.config.file") != null) {
      return;
    }
    System.setProperty("java.util.logging.SimpleFormatter.format", "%1$tT %4$s %5$s%6$s%n");
    // By the handlers, not by levels: Beam sets the root logger's level anew for each pipeline.
    for (Handler handler : Logger.getLogger("").getHandlers()) {
      try {
        handler.setEncoding(UTF_8.name());
      } catch (UnsupportedEncodingException e) {
        throw new AssertionError("every Java has UTF-8", e);
      }
      handler.setFormatter(new VisibleLog());
      handler.setFilter(QuietLogging::isForAPerson);
    }
  }

  /** Shows what others log, too. */
  static void showAll() {
    isQuiet = false;
  }

  private static boolean isForAPerson(LogRecord entry) {
    String logger = String.valueOf(entry.getLoggerName());
    if (logger.startsWith("org.sqlite.")) {
      // Its errors are thrown as well, and told in our words.
      return false;
    }
    if (!isQuiet) {
      return true;
    }
    Level least = logger.startsWith("com.nomadicml.") ? Level.WARNING : Level.SEVERE;
    return entry.getLevel().intValue() >= least.intValue();
  }
}
