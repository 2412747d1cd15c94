package com.nomadicml.beam.manifest;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import javax.annotation.Nullable;

/** Reads physical lines of UTF-8, each bounded, and says what is wrong with one that is not. */
final class LineReader {
  private static final int MAX_LINE_BYTES = 1 << 20;
  private static final byte[] BOM = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final InputStream in;
  private long number;

  LineReader(InputStream in) {
    this.in = new BufferedInputStream(in, 1 << 16);
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
    int first = in.read();
    if (first < 0) {
      return null;
    }
    number++;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    long length = 0;
    for (int b = first; b >= 0 && b != '\n'; b = in.read()) {
      length++;
      if (length <= MAX_LINE_BYTES) {
        bytes.write(b);
      }
    }
    return decode(bytes.toByteArray(), length > MAX_LINE_BYTES);
  }

  private Line decode(byte[] bytes, boolean tooLong) {
    int from = number == 1 && startsWithBom(bytes) ? BOM.length : 0;
    int to =
        bytes.length > from && bytes[bytes.length - 1] == '\r' ? bytes.length - 1 : bytes.length;
    String end = to < bytes.length ? "\r\n" : "\n";
    if (tooLong) {
      String start = new String(bytes, from, 1_000, StandardCharsets.UTF_8);
      return new Line(number, start, "\n", "the line is longer than a mebibyte");
    }
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes, from, to - from))
              .toString();
      return new Line(number, text, end, null);
    } catch (CharacterCodingException e) {
      String text = new String(bytes, from, to - from, StandardCharsets.UTF_8);
      return new Line(number, text, end, "the line is not valid UTF-8");
    }
  }

  private static boolean startsWithBom(byte[] bytes) {
    return bytes.length >= BOM.length
        && bytes[0] == BOM[0]
        && bytes[1] == BOM[1]
        && bytes[2] == BOM[2];
  }
}
