package com.nomadicml.beam.manifest;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.annotation.Nullable;

/**
 * The text of a file: UTF-8 with any number of byte order marks or none, or UTF-16 with at least
 * one.
 *
 * @param bytes what follows the marks
 * @param marks how many bytes the marks have
 */
record TextInput(InputStream bytes, Charset charset, long marks) {
  private static final int LONGEST_MARK = 4;
  private static final byte[] UTF_8_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  /** How files begin that are no text (from the formats' own descriptions). */
  private static final Map<String, String> OTHERS = new LinkedHashMap<>();

  static {
    OTHERS.put("504b0304", "a zip archive or an Excel workbook: unpack it, or save it as CSV");
    OTHERS.put("504b0506", "an empty zip archive");
    OTHERS.put("d0cf11e0", "an old Office file: save it as CSV");
    OTHERS.put("50415231", "a Parquet file: say --manifestFormat=parquet");
    OTHERS.put("4f626a01", "an Avro file: say --manifestFormat=avro");
    OTHERS.put("4f524300", "an ORC file: write CSV or Parquet");
    OTHERS.put("25504446", "a PDF");
    OTHERS.put("04224d18", "compressed by lz4: use gzip, bzip2, zstd or xz");
    OTHERS.put("ff060000", "compressed by snappy: use gzip, bzip2, zstd or xz");
    OTHERS.put("894c5a4f", "compressed by lzop: use gzip, bzip2, zstd or xz");
    OTHERS.put("377abcaf", "a 7z archive: unpack it");
    OTHERS.put("fffe0000", "UTF-32: save it as UTF-8");
    OTHERS.put("0000feff", "UTF-32: save it as UTF-8");
  }

  /**
   * Finds out how a text is encoded.
   *
   * @throws CharConversionException naming what it is, when it is neither
   */
  static TextInput of(InputStream in) throws IOException {
    PushbackInputStream bytes = new PushbackInputStream(in, LONGEST_MARK);
    byte[] start = peek(bytes);
    String other = start.length < LONGEST_MARK ? null : other(start);
    if (other != null) {
      throw new CharConversionException("line 1, byte 1: it is no text but " + other);
    }
    for (Charset charset : new Charset[] {UTF_16LE, UTF_16BE}) {
      byte[] mark = "\uFEFF".getBytes(charset);
      if (startsWith(start, mark)) {
        return new TextInput(bytes, charset, skip(bytes, mark));
      }
    }
    return new TextInput(bytes, UTF_8, skip(bytes, UTF_8_MARK));
  }

  /** Its bytes as UTF-8. */
  InputStream utf8() {
    return charset.equals(UTF_8) ? bytes : new Utf8Stream(new StrictReader(this));
  }

  @Nullable
  private static String other(byte[] start) {
    boolean isHalfEmpty =
        (start[0] == 0) != (start[1] == 0)
            && start[0] == 0 == (start[2] == 0)
            && start[1] == 0 == (start[3] == 0);
    return isHalfEmpty
        ? "UTF-16 without a byte order mark: save it with one, or as UTF-8"
        : OTHERS.get(HexFormat.of().formatHex(start));
  }

  private static long skip(PushbackInputStream bytes, byte[] mark) throws IOException {
    long skipped = 0;
    while (startsWith(peek(bytes), mark)) {
      skipped += bytes.readNBytes(mark.length).length;
    }
    return skipped;
  }

  private static byte[] peek(PushbackInputStream bytes) throws IOException {
    byte[] start = bytes.readNBytes(LONGEST_MARK);
    bytes.unread(start);
    return start;
  }

  private static boolean startsWith(byte[] bytes, byte[] start) {
    return bytes.length >= start.length
        && Arrays.equals(bytes, 0, start.length, start, 0, start.length);
  }
}
