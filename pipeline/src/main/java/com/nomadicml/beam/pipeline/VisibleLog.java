package com.nomadicml.beam.pipeline;

import com.google.common.base.Throwables;
import com.nomadicml.beam.model.VisibleText;
import java.util.function.Function;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;

/** Log lines that nobody can forge: a message is one visible line, and so is each cause's. */
final class VisibleLog extends SimpleFormatter {
  @Override
  public String formatMessage(LogRecord entry) {
    return VisibleText.of(super.formatMessage(entry));
  }

  @Override
  public String format(LogRecord entry) {
    Throwable thrown = entry.getThrown();
    if (thrown == null) {
      return super.format(entry);
    }
    entry.setThrown(null);
    try {
      return super.format(entry) + stackTrace(thrown, cause -> VisibleText.of(cause.toString()));
    } finally {
      entry.setThrown(thrown);
    }
  }

  /**
   * As Java prints it, without what was suppressed.
   *
   * @param words what is told of a failure and its causes
   */
  static String stackTrace(Throwable thrown, Function<Throwable, String> words) {
    StringBuilder text = new StringBuilder();
    for (Throwable cause : Throwables.getCausalChain(thrown)) {
      text.append(cause == thrown ? "" : "Caused by: ")
          .append(words.apply(cause))
          .append(System.lineSeparator());
      for (StackTraceElement frame : cause.getStackTrace()) {
        text.append("\tat ").append(frame).append(System.lineSeparator());
      }
    }
    return text.toString();
  }
}
