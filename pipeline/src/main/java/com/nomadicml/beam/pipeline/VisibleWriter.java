package com.nomadicml.beam.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nomadicml.beam.model.VisibleText;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.Locale;
import javax.annotation.Nullable;

/** {@link VisibleOutput} for the commands, whose library prints through writers. */
final class VisibleWriter extends PrintWriter {
  private VisibleWriter(Writer out) {
    super(out, true);
  }

  /** Prints to {@code out}. */
  static PrintWriter to(PrintWriter out) {
    return out instanceof VisibleWriter ? out : new VisibleWriter(out);
  }

  /** Prints to {@code out} as UTF-8. */
  static PrintWriter to(PrintStream out) {
    return to(new PrintWriter(out, true, UTF_8));
  }

  @Override
  public void print(@Nullable String text) {
    super.print(VisibleText.ofLines(String.valueOf(text)));
  }

  @Override
  public void print(@Nullable Object value) {
    print(String.valueOf(value));
  }

  @Override
  public void println(@Nullable String line) {
    super.println(VisibleText.of(String.valueOf(line)));
  }

  @Override
  public void println(@Nullable Object value) {
    println(String.valueOf(value));
  }

  @Override
  public PrintWriter format(String format, Object... values) {
    return format(Locale.getDefault(Locale.Category.FORMAT), format, values);
  }

  @Override
  public PrintWriter format(Locale locale, String format, Object... values) {
    print(VisibleOutput.formatted(locale, format, values));
    return this;
  }
}
