package com.nomadicml.beam.manifest;

import static java.util.stream.Collectors.joining;

import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.XZInputStream;
import org.xerial.snappy.Snappy;

/** How the blocks of an Avro file are compressed; named as in its header. */
enum AvroCodec {
  NULL {
    @Override
    InputStream open(byte[] block) {
      return new ByteArrayInputStream(block);
    }
  },
  DEFLATE {
    @Override
    InputStream open(byte[] block) {
      return new InflaterInputStream(new ByteArrayInputStream(block), new Inflater(true));
    }
  },
  BZIP2 {
    @Override
    InputStream open(byte[] block) throws IOException {
      return new BZip2CompressorInputStream(new ByteArrayInputStream(block));
    }
  },
  XZ {
    @Override
    InputStream open(byte[] block) throws IOException {
      return new XZInputStream(new ByteArrayInputStream(block), AvroBlocks.MAX_BYTES >> 10);
    }
  },
  ZSTANDARD {
    @Override
    InputStream open(byte[] block) throws IOException {
      return new ZstdInputStream(new ByteArrayInputStream(block));
    }
  },
  SNAPPY {
    /** A checksum of what is compressed follows it. */
    @Override
    InputStream open(byte[] block) throws IOException {
      int length = block.length - Integer.BYTES;
      if (length < 0 || Snappy.uncompressedLength(block, 0, length) > AvroBlocks.MAX_BYTES) {
        throw new IOException("a block holds more than " + AvroBlocks.MAX_BYTES + " bytes");
      }
      byte[] bytes = new byte[Snappy.uncompressedLength(block, 0, length)];
      Snappy.uncompress(block, 0, length, bytes, 0);
      CRC32 checksum = new CRC32();
      checksum.update(bytes);
      if ((int) checksum.getValue() != ByteBuffer.wrap(block).getInt(length)) {
        throw new IOException("a block's checksum is not that of its content");
      }
      return new ByteArrayInputStream(bytes);
    }
  };

  /** The rows of a block. */
  abstract InputStream open(byte[] block) throws IOException;

  /**
   * The codec of a header.
   *
   * @throws IOException when there is none of this name
   */
  static AvroCodec named(String name) throws IOException {
    return Arrays.stream(values())
        .filter(codec -> codec.toString().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IOException(
                    "its codec "
                        + name
                        + " is not read here: write it with one of "
                        + Arrays.stream(values()).map(AvroCodec::toString).collect(joining(", "))));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
