package com.nomadicml.beam.manifest;

import com.github.luben.zstd.ZstdInputStream;
import io.airlift.compress.MalformedInputException;
import io.airlift.compress.lz4.Lz4Decompressor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.brotli.dec.BrotliInputStream;
import org.xerial.snappy.Snappy;

/**
 * Decompresses the pages of Parquet files without Hadoop's codecs, of which some need native
 * libraries. A page takes no more memory than its bytes can stand for, whatever it declares.
 */
final class ParquetCodecs implements CompressionCodecFactory {
  /** A byte of LZ4 stands for 255 at most, one of Snappy for fewer. */
  private static final long MAX_RATIO = 255;

  private static final long SLACK = 64;

  /** A codec that is not read here. */
  static final class UnreadException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnreadException(String message) {
      super(message);
    }
  }

  /** Of one page, all in memory. */
  @FunctionalInterface
  private interface Page {
    /**
     * The page's bytes.
     *
     * @param size how many there should be; not to be believed
     */
    byte[] decompress(byte[] page, int size) throws IOException;
  }

  @Override
  public BytesInputCompressor getCompressor(CompressionCodecName codec) {
    throw new UnsupportedOperationException("nothing is written here");
  }

  /**
   * The codec's reader.
   *
   * @throws UnreadException when there is none
   */
  @Override
  public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
    return switch (codec) {
      case UNCOMPRESSED -> new Decompressor((page, size) -> page);
      case SNAPPY -> new Decompressor(ParquetCodecs::snappy);
      case GZIP -> new Decompressor(streamed(GZIPInputStream::new));
      case ZSTD -> new Decompressor(streamed(ZstdInputStream::new));
      case BROTLI -> new Decompressor(streamed(BrotliInputStream::new));
      case LZ4_RAW -> new Decompressor((page, size) -> lz4(page, 0, page.length, size));
      case LZ4 -> new Decompressor(ParquetCodecs::lz4Blocks);
      case LZO ->
          throw new UnreadException(
              "its codec "
                  + codec.name().toLowerCase(Locale.ROOT)
                  + " is not read here: write it with one of snappy, gzip, zstd, lz4, brotli");
    };
  }

  @Override
  public void release() {
    // Nothing is kept.
  }

  @FunctionalInterface
  private interface Opener {
    InputStream open(InputStream page) throws IOException;
  }

  private static Page streamed(Opener opener) {
    return (page, size) -> {
      try (InputStream in = opener.open(new ByteArrayInputStream(page))) {
        return in.readNBytes(size);
      }
    };
  }

  private static byte[] snappy(byte[] page, int size) throws IOException {
    requirePossible(page.length, size);
    if (Snappy.uncompressedLength(page) != size) {
      throw new IOException("a page has another size than it declares");
    }
    return Snappy.uncompress(page);
  }

  private static byte[] lz4(byte[] page, int offset, int length, int size) throws IOException {
    requirePossible(length, size);
    byte[] bytes = new byte[size];
    try {
      int count = new Lz4Decompressor().decompress(page, offset, length, bytes, 0, size);
      if (count == size) {
        return bytes;
      }
    } catch (MalformedInputException e) {
      throw new IOException("a page is no LZ4: " + e.getMessage(), e);
    }
    throw new IOException("a page has another size than it declares");
  }

  /**
   * As Hadoop frames LZ4: the size of some bytes, and blocks, each behind its own size, which make
   * them up. Some writers leave the frame out.
   */
  private static byte[] lz4Blocks(byte[] page, int size) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(page);
    requirePossible(page.length, size);
    byte[] bytes = new byte[size];
    int done = 0;
    while (done < size) {
      if (in.remaining() < 2 * Integer.BYTES) {
        return lz4(page, 0, page.length, size);
      }
      int whole = in.getInt();
      int length = in.getInt();
      if (whole < 0 || whole > size - done || length < 0 || length > in.remaining()) {
        return lz4(page, 0, page.length, size);
      }
      byte[] block = lz4(page, in.position(), length, whole);
      System.arraycopy(block, 0, bytes, done, whole);
      done += whole;
      in.position(in.position() + length);
    }
    return bytes;
  }

  private static void requirePossible(int stored, int size) throws IOException {
    if (size < 0 || size > stored * MAX_RATIO + SLACK) {
      throw new IOException("a page of " + stored + " bytes declares to be " + size);
    }
  }

  private record Decompressor(Page page) implements BytesInputDecompressor {
    @Override
    public BytesInput decompress(BytesInput bytes, int size) throws IOException {
      return BytesInput.from(exactly(bytes.toByteArray(), size));
    }

    @Override
    public void decompress(ByteBuffer input, int stored, ByteBuffer output, int size)
        throws IOException {
      byte[] bytes = new byte[stored];
      input.get(bytes);
      output.put(exactly(bytes, size));
    }

    private byte[] exactly(byte[] stored, int size) throws IOException {
      byte[] bytes = page.decompress(stored, size);
      if (bytes.length != size) {
        throw new IOException("a page has another size than it declares");
      }
      return bytes;
    }

    @Override
    public void release() {
      // Nothing is kept.
    }
  }
}
