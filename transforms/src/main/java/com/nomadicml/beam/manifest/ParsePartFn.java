package com.nomadicml.beam.manifest;

import com.nomadicml.beam.model.ManifestEntry;
import java.io.IOException;
import java.io.InputStream;
import org.apache.beam.sdk.transforms.DoFn;

/** Reads one part of a manifest, row by row. */
final class ParsePartFn extends DoFn<ManifestPart, ManifestEntry> {
  private static final long serialVersionUID = 1L;

  private final RowRules rules;

  ParsePartFn(RowRules rules) {
    this.rules = rules;
  }

  @ProcessElement
  public void parse(@Element ManifestPart part, MultiOutputReceiver out) {
    EntryOutput entries = entries(part, rules, TaggedOutput.to(out));
    try {
      parse(part, rules, rows(part, entries));
      requireUnchanged(part);
      entries.emitCounts();
    } catch (IOException | StackOverflowError | OutOfMemoryError | LinkageError e) {
      throw ManifestException.of(part.getPath(), e);
    }
  }

  /** In a listing a star is a character of a key. */
  static EntryOutput entries(ManifestPart part, RowRules rules, TaggedOutput out) {
    boolean expand = rules.expand() && part.getListing() == ObjectListing.NONE;
    return EntryOutput.of(part.getPath(), part.name(), rules, expand, out);
  }

  /** What takes the rows of a part, so that they end up in {@code entries}. */
  static RowSink rows(ManifestPart part, EntryOutput entries) {
    return part.getListing() == ObjectListing.NONE
        ? entries
        : new ObjectRows(part, entries, entries.counts());
  }

  static void parse(ManifestPart part, RowRules rules, RowSink rows) throws IOException {
    try (InputStream in = open(part)) {
      ManifestParser.of(part, rules).parse(in, rows);
    }
  }

  /** What was read in halves of two versions is no manifest. */
  static void requireUnchanged(ManifestPart part) throws IOException {
    String now = part.getStamp() == null ? null : new StoredFile(part.getPath()).stamp();
    if (now != null && !now.equals(part.getStamp())) {
      throw new ManifestException(
          part.getPath()
              + " changed while it was read ("
              + part.getStamp()
              + ", then "
              + now
              + "): run again when it is written, or import a copy of it");
    }
  }

  private static InputStream open(ManifestPart part) throws IOException {
    StoredFile file = new StoredFile(part.getPath());
    if (part.getFormat() == ManifestFormat.PARQUET) {
      return InputStream.nullInputStream();
    }
    if (part.getLength() >= 0) {
      return file.openRange(part.getOffset(), part.getLength());
    }
    return part.getMd5() == null ? file.open() : file.openVerified(part.getMd5());
  }
}
