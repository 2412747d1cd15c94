package com.nomadicml.beam.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nomadicml.beam.model.VisibleText;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/**
 * The last line of a terminal, which is drawn anew. Whatever else is written here, as a warning,
 * takes the line's place, and never stands behind it.
 */
final class TerminalLine extends FilterOutputStream {
  private int drawn;

  TerminalLine(OutputStream out) {
    super(out);
  }

  /** Draws it over what was drawn before. */
  synchronized void draw(String line) {
    String visible = VisibleText.of(line);
    int rest = Math.max(0, drawn - visible.length());
    send("\r" + visible + " ".repeat(rest) + "\b".repeat(rest));
    drawn = visible.length();
  }

  /** Takes it away. */
  synchronized void clear() {
    if (drawn > 0) {
      send("\r" + " ".repeat(drawn) + "\r");
      drawn = 0;
    }
  }

  /** Writes a line that stays. */
  synchronized void println(String line) {
    clear();
    send(VisibleText.of(line) + System.lineSeparator());
  }

  private void send(String text) {
    try {
      out.write(text.getBytes(UTF_8));
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void write(int b) throws IOException {
    clear();
    out.write(b);
  }

  @Override
  public synchronized void write(byte[] bytes, int from, int length) throws IOException {
    clear();
    out.write(bytes, from, length);
  }
}
