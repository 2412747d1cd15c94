package com.nomadicml.beam.pipeline;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.common.primitives.Ints;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * How many columns the terminal has that standard error goes to. It is asked anew now and then, as
 * a window may be made wider.
 */
final class TerminalWidth {
  private static final int UNKNOWN = 80;
  private static final int LEAST = 40;
  private static final long FRESH_NANOS = Duration.ofSeconds(10).toNanos();

  /** Java itself does not tell. It prints rows and columns, and nothing where no terminal is. */
  private static final String[] ASK = {"/bin/sh", "-c", "test -t 2 && stty size <&2"};

  private final IntSupplier columns;
  private int last;
  private long askedAt;

  /**
   * @param columns asks; negative where there is no terminal, 0 where it does not tell
   */
  TerminalWidth(IntSupplier columns) {
    this.columns = columns;
    ask();
  }

  static TerminalWidth ofStandardError() {
    return new TerminalWidth(TerminalWidth::askTerminal);
  }

  private void ask() {
    last = columns.getAsInt();
    askedAt = System.nanoTime();
  }

  /** Whether it is one on which a line can be drawn anew. */
  boolean isTerminal() {
    return last >= 0 && !"dumb".equals(System.getenv("TERM"));
  }

  int columns() {
    if (System.nanoTime() - askedAt > FRESH_NANOS) {
      ask();
    }
    return last <= 0 ? UNKNOWN : Math.max(LEAST, last);
  }

  private static int askTerminal() {
    try {
      Process process =
          new ProcessBuilder(ASK).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      process.getOutputStream().close();
      String size = new String(process.getInputStream().readAllBytes(), US_ASCII).strip();
      boolean isThere = process.waitFor(1, TimeUnit.SECONDS) && process.exitValue() == 0;
      Integer told = Ints.tryParse(size.replaceFirst(".* ", ""));
      return !isThere ? -1 : told == null ? 0 : told;
    } catch (IOException e) {
      return -1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return -1;
    }
  }
}
