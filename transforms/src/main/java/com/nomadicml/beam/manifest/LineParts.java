package com.nomadicml.beam.manifest;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a large file of lines into parts that can be read side by side. What makes its lines costs
 * far more than to look for their ends, which is done first: each part has to know how many lines
 * are before it.
 */
final class LineParts {
  /** A part has at least so many bytes, but for the last. */
  private static final int PART_BYTES = 8 << 20;

  private LineParts() {}

  /**
   * The parts of a file; itself where it has no lines, is small, compressed, in UTF-16 or has to be
   * verified as a whole, where its file system does not like to seek, and where quotes may let a
   * record go on over lines.
   *
   * @throws ManifestException when a header names no column for the URI
   */
  static List<ManifestPart> split(ManifestPart file, RowRules rules) throws IOException {
    boolean hasLines =
        file.getFormat() == ManifestFormat.TXT
            || file.getFormat() == ManifestFormat.JSONL
            || isDelimited(file);
    StoredFile stored = new StoredFile(file.getPath());
    if (!hasLines
        || file.getMd5() != null
        || stored.seekableSize() < 2 * PART_BYTES
        || !stored.isPlainUtf8()) {
      return List.of(file);
    }
    List<ManifestPart> parts;
    try (InputStream in = stored.openRaw()) {
      parts = split(file, in, PART_BYTES);
    }
    if (parts.size() < 2) {
      return List.of(file);
    }
    return isDelimited(file) && file.getColumns().isEmpty()
        ? withHeader(file, parts, rules)
        : parts;
  }

  private static boolean isDelimited(ManifestPart file) {
    return file.getFormat() == ManifestFormat.CSV || file.getFormat() == ManifestFormat.TSV;
  }

  /** The first part has the header, the others are told it. */
  private static List<ManifestPart> withHeader(
      ManifestPart file, List<ManifestPart> parts, RowRules rules) throws IOException {
    DelimitedParser.Header header;
    try (InputStream in = new StoredFile(file.getPath()).openRaw()) {
      header = ManifestParser.header(file, rules, in);
    }
    List<ManifestPart> told = new ArrayList<>(parts.subList(0, 1));
    for (ManifestPart part : parts.subList(1, parts.size())) {
      told.add(
          part.toBuilder()
              .setColumns(header.columns())
              .setDelimiter(String.valueOf(header.delimiter()))
              .build());
    }
    return told;
  }

  /** The parts of the bytes of a file; none for a delimited one with a quote. */
  static List<ManifestPart> split(ManifestPart file, InputStream in, int partBytes)
      throws IOException {
    List<ManifestPart> parts = new ArrayList<>();
    byte[] buffer = new byte[1 << 16];
    long offset = 0;
    long start = 0;
    long lines = 0;
    long linesBefore = 0;
    boolean afterReturn = false;
    boolean isDelimited = isDelimited(file);
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      for (int i = 0; i < count; i++) {
        if (isDelimited && buffer[i] == '"') {
          return List.of();
        }
        boolean isFeed = buffer[i] == '\n';
        // A CR ends its line, but whether an LF belongs to it shows on the next byte only.
        if (isFeed || afterReturn) {
          lines++;
          long next = offset + i + (isFeed ? 1 : 0);
          if (next - start >= partBytes) {
            parts.add(part(file, start, next, linesBefore));
            start = next;
            linesBefore = lines;
          }
        }
        afterReturn = buffer[i] == '\r';
      }
      offset += count;
    }
    if (start < offset) {
      parts.add(part(file, start, offset, linesBefore));
    }
    return parts;
  }

  private static ManifestPart part(ManifestPart file, long start, long end, long linesBefore) {
    return file.toBuilder()
        .setOffset(start)
        .setLength(end - start)
        .setRowsBefore(linesBefore)
        .build();
  }
}
