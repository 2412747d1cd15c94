package com.nomadicml.beam.manifest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.util.Utf8;

/** Decodes rows of Avro. A text or a list is as long as bytes are left for it, whatever it says. */
final class BoundedDecoder extends Decoder {
  /** So many elements may need no bytes, as nulls do. */
  private static final int MAX_EMPTY_ELEMENTS = 1 << 16;

  private final BinaryDecoder rows;

  BoundedDecoder(byte[] rows) {
    this.rows = DecoderFactory.get().binaryDecoder(rows, null);
  }

  boolean isAtEnd() throws IOException {
    return rows.isEnd();
  }

  private byte[] sized() throws IOException {
    long length = rows.readLong();
    if (length < 0 || length > rows.inputStream().available()) {
      throw new IOException("a text or bytes of " + length + " bytes, of which not all are there");
    }
    byte[] bytes = new byte[(int) length];
    rows.readFixed(bytes);
    return bytes;
  }

  private long count(long elements) throws IOException {
    if (elements < 0 || elements > Math.max(rows.inputStream().available(), MAX_EMPTY_ELEMENTS)) {
      throw new IOException("a list or map of " + elements + " elements, which are not there");
    }
    return elements;
  }

  @Override
  public Utf8 readString(Utf8 old) throws IOException {
    return new Utf8(sized());
  }

  @Override
  public String readString() throws IOException {
    return new String(sized(), StandardCharsets.UTF_8);
  }

  @Override
  public void skipString() throws IOException {
    rows.skipString();
  }

  @Override
  public ByteBuffer readBytes(ByteBuffer old) throws IOException {
    return ByteBuffer.wrap(sized());
  }

  @Override
  public void skipBytes() throws IOException {
    rows.skipBytes();
  }

  @Override
  public long readArrayStart() throws IOException {
    return count(rows.readArrayStart());
  }

  @Override
  public long arrayNext() throws IOException {
    return count(rows.arrayNext());
  }

  @Override
  public long skipArray() throws IOException {
    return rows.skipArray();
  }

  @Override
  public long readMapStart() throws IOException {
    return count(rows.readMapStart());
  }

  @Override
  public long mapNext() throws IOException {
    return count(rows.mapNext());
  }

  @Override
  public long skipMap() throws IOException {
    return rows.skipMap();
  }

  @Override
  public void readNull() throws IOException {
    rows.readNull();
  }

  @Override
  public boolean readBoolean() throws IOException {
    return rows.readBoolean();
  }

  @Override
  public int readInt() throws IOException {
    return rows.readInt();
  }

  @Override
  public long readLong() throws IOException {
    return rows.readLong();
  }

  @Override
  public float readFloat() throws IOException {
    return rows.readFloat();
  }

  @Override
  public double readDouble() throws IOException {
    return rows.readDouble();
  }

  @Override
  public void readFixed(byte[] bytes, int start, int length) throws IOException {
    rows.readFixed(bytes, start, length);
  }

  @Override
  public void skipFixed(int length) throws IOException {
    rows.skipFixed(length);
  }

  @Override
  public int readEnum() throws IOException {
    return rows.readEnum();
  }

  @Override
  public int readIndex() throws IOException {
    return rows.readIndex();
  }
}
