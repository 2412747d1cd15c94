package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.model.VisibleText;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Locale;
import javax.annotation.Nullable;

/**
 * Prints for people: nothing that a terminal obeys gets through. What {@code println} prints is one
 * line, and so is each value that is put into a format; line feeds of a format, and of what {@code
 * print} prints, stay.
 */
final class VisibleOutput extends PrintStream {
  private final PrintStream shown;

  private VisibleOutput(PrintStream out) {
    super(out, true);
    this.shown = out;
  }

  /** Prints to {@code out}, in its encoding. */
  static PrintStream to(PrintStream out) {
    return out instanceof VisibleOutput ? out : new VisibleOutput(out);
  }

  @Override
  public void print(@Nullable String text) {
    shown.print(VisibleText.ofLines(String.valueOf(text)));
  }

  @Override
  public void print(@Nullable Object value) {
    print(String.valueOf(value));
  }

  @Override
  public void println(@Nullable String line) {
    shown.println(VisibleText.of(String.valueOf(line)));
  }

  @Override
  public void println(@Nullable Object value) {
    println(String.valueOf(value));
  }

  @Override
  public PrintStream format(String format, Object... values) {
    return format(Locale.getDefault(Locale.Category.FORMAT), format, values);
  }

  @Override
  public PrintStream format(Locale locale, String format, Object... values) {
    print(formatted(locale, format, values));
    return this;
  }

  /** A format whose values are one visible line each. */
  static String formatted(Locale locale, String format, Object... values) {
    return String.format(
        locale, format, Arrays.stream(values).map(VisibleOutput::visible).toArray());
  }

  @Nullable
  private static Object visible(@Nullable Object value) {
    return value == null || value instanceof Number ? value : VisibleText.of(String.valueOf(value));
  }
}
