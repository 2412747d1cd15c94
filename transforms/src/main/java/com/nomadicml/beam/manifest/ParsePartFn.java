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
    EntryOutput entries =
        new EntryOutput(path, new EntryMapper(path, rules), LineCounts.of(rules), out);
    RowSink rows =
        part.getListing() == ObjectListing.NONE ? entries : new ObjectRows(part, entries);
    try (InputStream in = open(part)) {
      ManifestParser.of(part, rules.uriField()).parse(in, rows);
    } catch (EOFException e) {
      throw new ManifestException(path + " can't be read: the file is cut short", e);
    } catch (IOException e) {
      throw new ManifestException(path + " can't be read: " + e.getMessage(), e);
    }
  }

  private static InputStream open(ManifestPart part) throws IOException {
    StoredFile file = new StoredFile(part.getPath());
    if (part.getFormat() == ManifestFormat.PARQUET) {
      return InputStream.nullInputStream();
    }
    return part.getMd5() == null ? file.open() : file.openVerified(part.getMd5());
  }
}
