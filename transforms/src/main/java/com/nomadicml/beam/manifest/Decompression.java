package com.nomadicml.beam.manifest;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.zip.InflaterInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** How a file is compressed, as its first bytes tell; its name may say something else. */
enum Decompression {
  NONE(""),
  /** RFC 1952, by deflate, its one method. */
  GZIP("1f8b08"),
  /** A block, or the end of a file without any. */
  BZIP2("425a68..314159265359|425a68..177245385090"),
  /** RFC 8878: a frame, or one to be skipped. */
  ZSTD("28b52ffd|5.2a4d18"),
  XZ("fd377a585a00"),
  /** RFC 1950, which has no mark of its own: a name has to say so too. */
  DEFLATE("78(01|5e|9c|da)");

  /** What xz may take to decompress; its strongest preset takes 65 MiB. */
  private static final int MAX_XZ_KIBIBYTES = 256 << 10;

  private static final int LONGEST_MARK = 10;

  /** How the names of compressed files end. */
  static final Pattern SUFFIX =
      Pattern.compile("(?i)(\\.(gz|gzip|z|bz2|bzip2|zst|zstd|xz|deflate))+$");

  private final String mark;

  Decompression(String mark) {
    this.mark = mark;
  }

  /** How what follows in a stream is compressed; the stream stays where it is. */
  static Decompression of(BufferedInputStream in, String path) throws IOException {
    in.mark(LONGEST_MARK);
    String start = HexFormat.of().formatHex(in.readNBytes(LONGEST_MARK));
    in.reset();
    boolean isNamedDeflate = path.toLowerCase(Locale.ROOT).endsWith(".deflate");
    return Arrays.stream(values())
        .filter(one -> one != NONE && (one != DEFLATE || isNamedDeflate))
        .filter(one -> start.matches("(" + one.mark + ").*"))
        .findFirst()
        .orElse(NONE);
  }

  /** What the stream holds, decompressed; all members of a file, one after the other. */
  static InputStream open(InputStream raw, String path) throws IOException {
    BufferedInputStream in = new BufferedInputStream(raw, 1 << 16);
    return switch (of(in, path)) {
      case NONE -> notCutToNothing(in, path);
      case GZIP -> new GzipCompressorInputStream(in, true);
      case BZIP2 -> new BZip2CompressorInputStream(in, true);
      case ZSTD -> new ZstdInputStream(in);
      case XZ -> new XZCompressorInputStream(in, true, MAX_XZ_KIBIBYTES);
      case DEFLATE -> new InflaterInputStream(in);
    };
  }

  /** Even an empty text has some bytes when it is compressed. */
  private static InputStream notCutToNothing(BufferedInputStream in, String path)
      throws IOException {
    in.mark(1);
    if (in.read() < 0 && SUFFIX.matcher(path).find()) {
      throw new EOFException("no byte of a compressed file");
    }
    in.reset();
    return in;
  }
}
