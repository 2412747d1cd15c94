package com.nomadicml.beam.manifest;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import org.apache.avro.file.DataFileConstants;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/**
 * The bytes of an Avro file, which tell at their end whether the file is whole. Avro's own reader
 * takes a block that is cut short for the end of the file.
 *
 * <p>A whole file ends with the sync marker of its header (Avro specification, object container
 * files).
 */
final class AvroEnd extends FilterInputStream {
  private static final int MAX_HEADER = 1 << 24;

  private final byte[] marker;
  private byte[] last = new byte[0];

  private AvroEnd(InputStream in, byte[] marker) {
    super(in);
    this.marker = marker;
  }

  static AvroEnd of(InputStream in) throws IOException {
    BufferedInputStream bytes = new BufferedInputStream(in);
    bytes.mark(MAX_HEADER);
    byte[] magic = bytes.readNBytes(DataFileConstants.MAGIC.length);
    // What is no Avro file is left to its reader to name.
    byte[] marker = Arrays.equals(magic, DataFileConstants.MAGIC) ? marker(bytes) : new byte[0];
    bytes.reset();
    // Or it would go on keeping what is read, up to the size of the largest header.
    bytes.mark(0);
    return new AvroEnd(bytes, marker);
  }

  private static byte[] marker(InputStream header) throws IOException {
    BinaryDecoder decoder = DecoderFactory.get().directBinaryDecoder(header, null);
    for (long entries = decoder.readMapStart(); entries > 0; entries = decoder.mapNext()) {
      for (long i = 0; i < entries; i++) {
        decoder.skipString();
        decoder.skipBytes();
      }
    }
    byte[] marker = new byte[DataFileConstants.SYNC_SIZE];
    decoder.readFixed(marker);
    return marker;
  }

  /**
   * Reads what is left.
   *
   * @throws EOFException when the file is cut short
   */
  void requireWhole() throws IOException {
    transferTo(OutputStream.nullOutputStream());
    if (!Arrays.equals(last, marker)) {
      throw new EOFException("no sync marker at the end");
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int read = super.read(buffer, offset, length);
    if (read > 0) {
      int kept = Math.max(0, Math.min(last.length, marker.length - read));
      int added = Math.min(read, marker.length);
      byte[] tail = Arrays.copyOfRange(last, last.length - kept, last.length + added);
      System.arraycopy(buffer, offset + read - added, tail, kept, added);
      last = tail;
    }
    return read;
  }

  @Override
  public long skip(long count) throws IOException {
    // So that what is skipped counts as read.
    return readNBytes((int) Math.min(count, 1 << 16)).length;
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
