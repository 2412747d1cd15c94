package com.nomadicml.beam.manifest;

import com.google.common.io.ByteStreams;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.io.fs.MatchResult.Status;
import org.apache.beam.sdk.io.fs.ResourceId;

/** A file by its path, wherever Beam's file systems find it; the path is no glob. */
record StoredFile(String path) {
  private static final String LOCAL = "file";

  /** What makes a pattern of a name in all file systems; a local one knows braces too. */
  private static final Pattern PATTERN = Pattern.compile("[*?\\[]");

  ResourceId id() {
    return FileSystems.matchNewResource(path, false);
  }

  /**
   * What changes when the file is written again: size, time and checksum as far as they are known.
   */
  String stamp() throws IOException {
    return metadata().map(StoredFile::stamp).orElse("gone");
  }

  /** What is known of it, or nothing when it is not there. */
  Optional<MatchResult.Metadata> metadata() throws IOException {
    ResourceId id = id();
    if (id.getScheme().equals(LOCAL)) {
      // Beam would take the name of a file that is not there for a pattern.
      boolean isThere = Files.exists(Path.of(path.replaceFirst("^(?i)file:/+", "/")));
      return isThere ? found(path).stream().findFirst() : Optional.empty();
    }
    return found(asPattern(path)).stream().filter(file -> file.resourceId().equals(id)).findFirst();
  }

  private static List<MatchResult.Metadata> found(String pattern) throws IOException {
    return StoreChannel.ask(
        () -> {
          MatchResult found = FileSystems.match(pattern, EmptyMatchTreatment.ALLOW);
          return found.status().equals(Status.NOT_FOUND) ? List.of() : found.metadata();
        });
  }

  static boolean isPattern(String path) {
    return PATTERN.matcher(path).find();
  }

  /**
   * A pattern that matches {@code path} literally, and few others: file systems take each name that
   * looks like one for a pattern, and know no way to say that it is none.
   */
  static String asPattern(String path) {
    return isPattern(path) ? path.replaceAll("[*?\\[\\]\\\\]", "?") : path;
  }

  static String stamp(MatchResult.Metadata file) {
    return "%d bytes, %s%s"
        .formatted(
            file.sizeBytes(),
            Instant.ofEpochMilli(file.lastModifiedMillis()),
            file.checksum() == null ? "" : ", " + file.checksum());
  }

  /** Its size in bytes as it is stored; 0 where it is better read from its start to its end. */
  long seekableSize() throws IOException {
    Optional<MatchResult.Metadata> file = metadata();
    if (file.isEmpty() || !file.get().isReadSeekEfficient()) {
      return 0;
    }
    try (ReadableByteChannel channel = StoreChannel.open(id())) {
      return channel instanceof SeekableByteChannel ? file.get().sizeBytes() : 0;
    }
  }

  boolean exists() throws IOException {
    return metadata().isPresent();
  }

  /** Its bytes as they are stored. */
  InputStream openRaw() throws IOException {
    return Channels.newInputStream(StoreChannel.open(id()));
  }

  /** Its bytes, decompressed. */
  InputStream open() throws IOException {
    return decompressed(StoreChannel.open(id()));
  }

  /** Some of its bytes as they are stored. */
  InputStream openRange(long offset, long length) throws IOException {
    SeekableByteChannel channel = openSeekable();
    try {
      channel.position(offset);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    return ByteStreams.limit(Channels.newInputStream(channel), length);
  }

  /** Whether its bytes are those of a text in UTF-8, as far as its start tells. */
  boolean isPlainUtf8() throws IOException {
    try (BufferedInputStream in = new BufferedInputStream(openRaw())) {
      return Decompression.of(in, path) == Decompression.NONE
          && TextInput.of(in).charset().equals(StandardCharsets.UTF_8);
    }
  }

  SeekableByteChannel openSeekable() throws IOException {
    ReadableByteChannel channel = StoreChannel.open(id());
    if (channel instanceof SeekableByteChannel seekable) {
      return seekable;
    }
    channel.close();
    throw new ManifestException(path + ": its file system can't seek, as the format needs");
  }

  /**
   * As {@link #open}; at the end of the stream its stored bytes are compared with {@code md5}.
   *
   * @param md5 in hexadecimal digits
   */
  InputStream openVerified(String md5) throws IOException {
    DigestingChannel channel = new DigestingChannel(StoreChannel.open(id()), md5());
    return new FilterInputStream(decompressed(channel)) {
      @Override
      public void close() throws IOException {
        channel.drain();
        super.close();
        requireSame(md5, channel.digest());
      }
    };
  }

  /**
   * Reads the whole file.
   *
   * @throws ManifestException when its MD5 is not {@code md5}
   */
  void verify(String md5) throws IOException {
    try (DigestingChannel channel = new DigestingChannel(StoreChannel.open(id()), md5())) {
      channel.drain();
      requireSame(md5, channel.digest());
    }
  }

  private void requireSame(String expected, byte[] digest) {
    String found = HexFormat.of().formatHex(digest);
    if (!found.equalsIgnoreCase(expected)) {
      throw new ManifestException(
          path
              + ": its MD5 is "
              + found
              + ", the inventory's manifest says "
              + expected
              + ": it is damaged or was replaced; take another inventory");
    }
  }

  private InputStream decompressed(ReadableByteChannel channel) throws IOException {
    return Decompression.open(Channels.newInputStream(channel), path);
  }

  static MessageDigest md5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has MD5", e);
    }
  }
}
