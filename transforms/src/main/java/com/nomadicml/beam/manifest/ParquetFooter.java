package com.nomadicml.beam.manifest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.parquet.io.SeekableInputStream;

/**
 * Looks through the footer of a Parquet file, which is written in Thrift's compact protocol, before
 * the library reads it: that one takes memory for as many elements as a list declares.
 */
final class ParquetFooter {
  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
  private static final int TAIL = Integer.BYTES + MAGIC.length;
  private static final int MAX_DEPTH = 64;

  private final ByteBuffer bytes;

  private ParquetFooter(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes);
  }

  /**
   * Checks the footer; a file that is none of Parquet's is left to the library to name.
   *
   * @throws IOException when it declares more than it holds
   */
  static void check(ParquetInput input) throws IOException {
    long size = input.getLength();
    if (size < MAGIC.length + TAIL) {
      return;
    }
    try (SeekableInputStream in = input.newStream()) {
      in.seek(size - TAIL);
      byte[] tail = in.readNBytes(TAIL);
      int length = ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN).getInt();
      boolean isOne = Arrays.equals(tail, Integer.BYTES, TAIL, MAGIC, 0, MAGIC.length);
      if (!isOne || length < 0 || length > size - TAIL - MAGIC.length) {
        return;
      }
      in.seek(size - TAIL - length);
      new ParquetFooter(in.readNBytes(length)).struct(0);
    }
  }

  private void struct(int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw damaged("it is nested too deep");
    }
    for (int header = next(); (header & 0x0F) != 0; header = next()) {
      if (header >> 4 == 0) {
        number();
      }
      // The type of a field says of a truth value which one it is.
      boolean isTruth = (header & 0x0F) <= 2;
      if (!isTruth) {
        value(header & 0x0F, depth);
      }
    }
  }

  private void value(int type, int depth) throws IOException {
    switch (type) {
      case 1, 2, 3 -> skip(1);
      case 4, 5, 6 -> number();
      case 7 -> skip(Double.BYTES);
      case 8 -> skip(number());
      case 9, 10 -> {
        int header = next();
        long size = header >> 4 == 0x0F ? number() : header >> 4;
        elements(size, depth, header & 0x0F);
      }
      case 11 -> {
        long size = number();
        if (size > 0) {
          int types = next();
          elements(size, depth, types >> 4, types & 0x0F);
        }
      }
      case 12 -> struct(depth + 1);
      case 13 -> skip(2L * Long.BYTES);
      default -> throw damaged("its footer has a value of no type");
    }
  }

  /** Each takes a byte at least. */
  private void elements(long size, int depth, int... types) throws IOException {
    if (size < 0 || size > bytes.remaining()) {
      throw damaged("its footer declares a list of " + size + " elements, which are not there");
    }
    for (long i = 0; i < size; i++) {
      for (int type : types) {
        value(type, depth);
      }
    }
  }

  private long number() throws IOException {
    long number = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      int next = next();
      number |= (long) (next & 0x7F) << shift;
      if ((next & 0x80) == 0) {
        return number;
      }
    }
    throw damaged("its footer has a number of more than ten bytes");
  }

  private int next() throws IOException {
    if (!bytes.hasRemaining()) {
      throw damaged("its footer is cut short");
    }
    return Byte.toUnsignedInt(bytes.get());
  }

  private void skip(long count) throws IOException {
    if (count < 0 || count > bytes.remaining()) {
      throw damaged("its footer declares " + count + " bytes, which are not there");
    }
    bytes.position(bytes.position() + (int) count);
  }

  private static IOException damaged(String why) {
    return new IOException("not a Parquet file, or a damaged one: " + why);
  }
}
