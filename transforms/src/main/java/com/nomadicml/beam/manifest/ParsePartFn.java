package com.nomadicml.beam.manifest;

import com.nomadicml.beam.model.ManifestEntry;
import java.io.EOFException;
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
    String path = part.getPath();
    boolean isListing = part.getListing() != ObjectListing.NONE;
    // In a listing a star is a character of a key.
    EntryOutput entries =
        EntryOutput.of(path, part.name(), rules, rules.expand() && !isListing, out);
    RowSink rows = isListing ? new ObjectRows(part, entries, entries.counts()) : entries;
    try (InputStream in = open(part)) {
      ManifestParser.of(part, rules).parse(in, rows);
      requireUnchanged(part);
      entries.emitCounts();
    } catch (EOFException e) {
      throw new ManifestException(path + " can't be read: the file is cut short", e);
    } catch (IOException e) {
      throw new ManifestException(path + " can't be read: " + e.getMessage(), e);
    } catch (StackOverflowError | OutOfMemoryError | LinkageError e) {
      throw ManifestException.of(path, e);
    }
  }

  /** What was read in halves of two versions is no manifest. */
  private static void requireUnchanged(ManifestPart part) throws IOException {
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
