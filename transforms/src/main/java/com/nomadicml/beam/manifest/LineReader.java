package com.nomadicml.beam.manifest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.annotation.Nullable;

/** Reads physical lines of UTF-8, each bounded, and says what is wrong with one that is not. */
final class LineReader {
  private static final int MAX_LINE_BYTES = 1 << 20;
  private static final byte[] BOM = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final InputStream in;
  private byte[] buffer = new byte[1 << 16];

  /** What was read of the file and not handed out yet. */
  private int from;

  private int to;
  private long number;

  LineReader(InputStream in) {
    this(in, 0);
  }

  /**
   * @param linesBefore lines of the file before what {@code in} reads
   */
  LineReader(InputStream in, long linesBefore) {
    this.in = in;
    this.number = linesBefore;
  }

  /**
   * One line, without its end.
   *
   * @param end what ends it
   * @param error why it can't be read, or null
   */
  record Line(long number, String text, String end, @Nullable String error) {}

  /** The next line, or null at the end. */
  @Nullable
  Line next() throws IOException {
    boolean tooLong = false;
    int searched = 0;
    while (true) {
      int end = endOfLine(from + searched);
      if (end >= 0) {
        return take(end, end + 1, tooLong);
      }
      if (to - from > MAX_LINE_BYTES) {
        // Of a line that is too long only its start is kept.
        tooLong = true;
        to = from + MAX_LINE_BYTES;
      }
      searched = to - from;
      if (!fill()) {
        return searched == 0 ? null : take(to, to, tooLong);
      }
    }
  }

  private int endOfLine(int start) {
    for (int i = start; i < to; i++) {
      if (buffer[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private Line take(int end, int next, boolean tooLong) {
    number++;
    Line line = decode(end, tooLong || end - from > MAX_LINE_BYTES);
    from = next;
    return line;
  }

  /** Reads on; false at the end of the file. */
  private boolean fill() throws IOException {
    if (to == buffer.length) {
      byte[] target = from > 0 ? buffer : new byte[buffer.length * 2];
      System.arraycopy(buffer, from, target, 0, to - from);
      buffer = target;
      to -= from;
      from = 0;
    }
    int count = in.read(buffer, to, buffer.length - to);
    to += Math.max(0, count);
    return count >= 0;
  }

  private Line decode(int end, boolean tooLong) {
    int start = number == 1 && startsWithBom(end) ? from + BOM.length : from;
    if (tooLong) {
      String text = new String(buffer, start, 1_000, StandardCharsets.UTF_8);
      return new Line(number, text, "\n", "the line is longer than a mebibyte");
    }
    boolean carriageReturn = end > start && buffer[end - 1] == '\r';
    int length = (carriageReturn ? end - 1 : end) - start;
    String text = new String(buffer, start, length, StandardCharsets.UTF_8);
    // It stands for what is no UTF-8, or for itself.
    boolean isDoubtful = text.indexOf('\uFFFD') >= 0;
    String error = isDoubtful && !isUtf8(start, length) ? "the line is not valid UTF-8" : null;
    return new Line(number, text, carriageReturn ? "\r\n" : "\n", error);
  }

  private boolean isUtf8(int start, int length) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(buffer, start, length));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private boolean startsWithBom(int end) {
    return end - from >= BOM.length
        && Arrays.equals(buffer, from, from + BOM.length, BOM, 0, BOM.length);
  }
}
