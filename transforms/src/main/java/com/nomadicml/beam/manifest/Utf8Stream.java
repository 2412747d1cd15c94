package com.nomadicml.beam.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;

/** The UTF-8 of what a reader reads. */
final class Utf8Stream extends InputStream {
  private final Reader reader;
  private final char[] chars = new char[1 << 13];
  private byte[] bytes = new byte[0];
  private int next;

  Utf8Stream(Reader reader) {
    this.reader = reader;
  }

  @Override
  public int read() throws IOException {
    return fill() ? Byte.toUnsignedInt(bytes[next++]) : -1;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int count = Math.min(length, bytes.length - next);
    System.arraycopy(bytes, next, buffer, offset, count);
    next += count;
    return count;
  }

  /** False at the end. A decoder never parts the two chars of a character. */
  private boolean fill() throws IOException {
    while (next == bytes.length) {
      int count = reader.read(chars, 0, chars.length);
      if (count < 0) {
        return false;
      }
      bytes = new String(chars, 0, count).getBytes(UTF_8);
      next = 0;
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
