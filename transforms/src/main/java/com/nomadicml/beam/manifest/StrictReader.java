package com.nomadicml.beam.manifest;

import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;

/** Decodes a text, and ends at what is none: nothing is replaced. */
final class StrictReader extends Reader {
  private final InputStream in;
  private final String encoding;
  private final CharsetDecoder decoder;
  private final ByteBuffer bytes = ByteBuffer.allocate(1 << 16).flip();

  /** Bytes of the file before {@code bytes}. */
  private long bytesBefore;

  private long line = 1;
  private char last;
  private boolean atEnd;

  StrictReader(TextInput text) {
    in = text.bytes();
    encoding = text.charset().name();
    bytesBefore = text.marks();
    decoder =
        text.charset()
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
  }

  static StrictReader of(InputStream in) throws IOException {
    return new StrictReader(TextInput.of(in));
  }

  /**
   * As {@link Reader#read(char[], int, int)}.
   *
   * @throws CharConversionException naming line and byte of what can't be decoded
   */
  @Override
  public int read(char[] buffer, int offset, int length) throws IOException {
    CharBuffer chars = CharBuffer.wrap(buffer, offset, length);
    while (true) {
      CoderResult result = decoder.decode(bytes, chars, atEnd);
      int count = chars.position();
      if (count > 0) {
        countLines(buffer, offset, count);
        return count;
      }
      if (result.isError()) {
        throw new CharConversionException(
            "line %d, byte %d (0x%02X): it is not %s: save the file as UTF-8"
                .formatted(
                    line,
                    bytesBefore + bytes.position() + 1,
                    bytes.get(bytes.position()),
                    encoding));
      }
      if (result.isOverflow()) {
        throw new IllegalArgumentException("the buffer is too small for a character of two chars");
      }
      if (atEnd) {
        return -1;
      }
      fill();
    }
  }

  private void fill() throws IOException {
    bytesBefore += bytes.position();
    bytes.compact();
    int count = in.read(bytes.array(), bytes.position(), bytes.remaining());
    atEnd = count < 0;
    bytes.position(bytes.position() + Math.max(0, count)).flip();
  }

  private void countLines(char[] buffer, int offset, int count) {
    for (int i = offset; i < offset + count; i++) {
      char c = buffer[i];
      if (c == '\r' || (c == '\n' && last != '\r')) {
        line++;
      }
      last = c;
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
