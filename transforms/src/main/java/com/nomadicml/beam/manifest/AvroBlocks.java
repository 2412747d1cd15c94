package com.nomadicml.beam.manifest;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.annotation.Nullable;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileConstants;

/**
 * The blocks of an Avro file (Avro specification, object container files). A size that the file
 * declares costs no memory before so many bytes are there, and a file that is cut short is told
 * from a whole one, both unlike in Avro's own reader.
 */
final class AvroBlocks {
  /** Of a block as it is stored and as it is decompressed; writers make them of some 64 kB. */
  static final int MAX_BYTES = 1 << 27;

  /** So many rows may need no bytes, as those of nothing but nulls. */
  private static final int MAX_EMPTY_ROWS = 1 << 20;

  private final InputStream in;
  private final Schema schema;
  private final AvroCodec codec;
  private final byte[] marker;

  private AvroBlocks(InputStream in, Schema schema, AvroCodec codec, byte[] marker) {
    this.in = in;
    this.schema = schema;
    this.codec = codec;
    this.marker = marker;
  }

  /** Reads the header. */
  static AvroBlocks of(InputStream in) throws IOException {
    if (!Arrays.equals(in.readNBytes(DataFileConstants.MAGIC.length), DataFileConstants.MAGIC)) {
      throw damaged("it does not begin as one");
    }
    String schema = null;
    String codec = "null";
    for (long entries = number(in); entries != 0; entries = number(in)) {
      if (entries < 0) {
        // A negative count is followed by the size of its entries.
        entries = -entries;
        number(in);
      }
      for (long i = 0; i < entries; i++) {
        String name = text(in);
        String value = text(in);
        schema = name.equals(DataFileConstants.SCHEMA) ? value : schema;
        codec = name.equals(DataFileConstants.CODEC) ? value : codec;
      }
    }
    if (schema == null) {
      throw damaged("its header has no schema");
    }
    try {
      return new AvroBlocks(
          in,
          // As Avro's own reader does: other writers allow other names.
          new Schema.Parser().setValidate(false).setValidateDefaults(false).parse(schema),
          AvroCodec.named(codec),
          bytes(in, DataFileConstants.SYNC_SIZE));
    } catch (AvroRuntimeException e) {
      throw damaged("its schema: " + e.getMessage());
    }
  }

  /**
   * Rows as they are encoded.
   *
   * @param count how many
   */
  record Block(long count, byte[] rows) {}

  Schema schema() {
    return schema;
  }

  /**
   * The next block, or null at the end of a whole file.
   *
   * @throws EOFException when the file is cut short
   */
  @Nullable
  Block next() throws IOException {
    int first = in.read();
    if (first < 0) {
      return null;
    }
    long count = number(first, in);
    byte[] stored = bytes(in, number(in));
    if (!Arrays.equals(bytes(in, DataFileConstants.SYNC_SIZE), marker)) {
      throw damaged("a block does not end with the file's marker");
    }
    byte[] rows = decompressed(stored);
    if (rows.length > MAX_BYTES) {
      throw damaged("a block holds more than " + MAX_BYTES + " bytes");
    }
    if (count < 0 || count > Math.max(rows.length, MAX_EMPTY_ROWS)) {
      throw damaged("a block of " + rows.length + " bytes declares " + count + " rows");
    }
    return new Block(count, rows);
  }

  private byte[] decompressed(byte[] stored) throws IOException {
    try (InputStream rows = codec.open(stored)) {
      return rows.readNBytes(MAX_BYTES + 1);
    } catch (IOException e) {
      // Not the end of the file, whatever it is.
      throw damaged("a block can't be decompressed by " + codec + ": " + e.getMessage());
    }
  }

  static IOException damaged(String why) {
    return new IOException("not an Avro file, or a damaged one: " + why);
  }

  private static String text(InputStream in) throws IOException {
    return new String(bytes(in, number(in)), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(InputStream in, long count) throws IOException {
    if (count < 0 || count > MAX_BYTES) {
      throw damaged("it declares " + count + " bytes in one piece");
    }
    byte[] bytes = in.readNBytes((int) count);
    if (bytes.length < count) {
      throw new EOFException("the file is cut short");
    }
    return bytes;
  }

  private static long number(InputStream in) throws IOException {
    return number(in.read(), in);
  }

  /** A long as Avro writes it: seven bits a byte, the sign in the lowest one. */
  private static long number(int first, InputStream in) throws IOException {
    long bits = 0;
    int next = first;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      if (next < 0) {
        throw new EOFException("the file is cut short");
      }
      bits |= (long) (next & 0x7F) << shift;
      if ((next & 0x80) == 0) {
        return (bits >>> 1) ^ -(bits & 1);
      }
      next = in.read();
    }
    throw damaged("a number of more than ten bytes");
  }
}
