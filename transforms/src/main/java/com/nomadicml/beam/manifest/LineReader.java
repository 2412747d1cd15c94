package com.nomadicml.beam.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import javax.annotation.Nullable;

/**
 * Reads physical lines of a text, each bounded, and says what is wrong with one that is not. A line
 * ends with LF, with CR and LF, or with CR.
 */
final class LineReader {
  private static final int MAX_LINE_BYTES = 1 << 20;

  private final InputStream in;
  private byte[] buffer = new byte[1 << 16];

  /** What was read of the file and not handed out yet. */
  private int from;

  private int to;
  private long number;

  LineReader(InputStream in) throws IOException {
    this(in, 0);
  }

  /**
   * A reader of a file, or of some lines of one in UTF-8.
   *
   * @param linesBefore lines of the file before what {@code in} reads
   * @throws java.io.CharConversionException when it is no text
   */
  LineReader(InputStream in, long linesBefore) throws IOException {
    this.in = linesBefore == 0 ? TextInput.of(in).utf8() : in;
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
        searched = end - from;
        boolean crLf = buffer[end] == '\r' && isFollowedByLf(end);
        // Reading on may have moved it.
        end = from + searched;
        String text = crLf ? "\r\n" : buffer[end] == '\r' ? "\r" : "\n";
        return take(end, text, tooLong);
      }
      if (to - from > MAX_LINE_BYTES) {
        // Of a line that is too long only its start is kept.
        tooLong = true;
        to = from + MAX_LINE_BYTES;
      }
      searched = to - from;
      if (!fill()) {
        return searched == 0 ? null : take(to, "", tooLong);
      }
    }
  }

  private int endOfLine(int start) {
    for (int i = start; i < to; i++) {
      if (buffer[i] == '\n' || buffer[i] == '\r') {
        return i;
      }
    }
    return -1;
  }

  private boolean isFollowedByLf(int carriageReturn) throws IOException {
    int next = carriageReturn + 1 - from;
    while (from + next == to) {
      if (!fill()) {
        return false;
      }
    }
    return buffer[from + next] == '\n';
  }

  private Line take(int end, String ending, boolean tooLong) {
    number++;
    Line line = decode(end, ending, tooLong || end - from > MAX_LINE_BYTES);
    from = end + ending.length();
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

  private Line decode(int end, String ending, boolean tooLong) {
    if (tooLong) {
      String text = new String(buffer, from, 1_000, UTF_8);
      return new Line(number, text, ending, "the line is longer than a mebibyte");
    }
    String text = new String(buffer, from, end - from, UTF_8);
    // It stands for what is no UTF-8, or for itself.
    boolean isDoubtful = text.indexOf('\uFFFD') >= 0;
    return isDoubtful ? strict(end, ending) : new Line(number, text, ending, null);
  }

  /** The line with each byte that is no UTF-8 shown by its value, if there is one. */
  private Line strict(int end, String ending) {
    CharsetDecoder decoder = UTF_8.newDecoder();
    ByteBuffer bytes = ByteBuffer.wrap(buffer, from, end - from);
    CharBuffer chars = CharBuffer.allocate(4 * (end - from));
    String error = null;
    for (CoderResult result = decoder.decode(bytes, chars, true);
        result.isError();
        result = decoder.decode(bytes, chars, true)) {
      if (error == null) {
        error =
            "the line is not valid UTF-8: its byte %d is 0x%02X; save the file as UTF-8"
                .formatted(bytes.position() - from + 1, bytes.get(bytes.position()));
      }
      for (int i = 0; i < result.length(); i++) {
        chars.put("\\x%02X".formatted(bytes.get()));
      }
      decoder.reset();
    }
    return new Line(number, chars.flip().toString(), ending, error);
  }
}
