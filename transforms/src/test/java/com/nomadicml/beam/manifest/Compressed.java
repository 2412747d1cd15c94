package com.nomadicml.beam.manifest;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorOutputStream;

/** Compresses as the usual tools do. */
enum Compressed {
  NONE {
    @Override
    OutputStream stream(OutputStream out) {
      return out;
    }
  },
  GZIP {
    @Override
    OutputStream stream(OutputStream out) throws IOException {
      return new GZIPOutputStream(out);
    }
  },
  BZIP2 {
    @Override
    OutputStream stream(OutputStream out) throws IOException {
      return new BZip2CompressorOutputStream(out, 1);
    }
  },
  ZSTD {
    @Override
    OutputStream stream(OutputStream out) throws IOException {
      return new ZstdOutputStream(out);
    }
  },
  XZ {
    @Override
    OutputStream stream(OutputStream out) throws IOException {
      return new XZCompressorOutputStream(out, 0);
    }
  };

  abstract OutputStream stream(OutputStream out) throws IOException;

  byte[] of(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream stream = stream(out)) {
      stream.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
