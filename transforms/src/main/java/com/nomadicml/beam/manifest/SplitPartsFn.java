package com.nomadicml.beam.manifest;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;

/** Cuts files whose format allows it into parts that can be read side by side. */
final class SplitPartsFn extends DoFn<ManifestPart, ManifestPart> {
  private static final long serialVersionUID = 1L;

  private final RowRules rules;
  private final FileFaults faults;

  SplitPartsFn(RowRules rules, FileFaults faults) {
    this.rules = rules;
    this.faults = faults;
  }

  @ProcessElement
  public void cut(@Element ManifestPart file, MultiOutputReceiver out) {
    TaggedOutput cut = TaggedOutput.to(out);
    faults
        .read(file.getPath(), rules, () -> split(file), cut)
        .ifPresent(parts -> parts.forEach(part -> cut.emit(FindPartsFn.PARTS, part)));
  }

  private List<ManifestPart> split(ManifestPart file) throws IOException {
    List<ManifestPart> parts = new ArrayList<>();
    for (ManifestPart part : rowGroups(verified(file))) {
      parts.addAll(LineParts.split(part, rules));
    }
    return parts;
  }

  /**
   * The file when it is the one that the inventory names. What is read from its start to its end is
   * verified while it is read, but for a stream, which may read it in several pieces.
   */
  private ManifestPart verified(ManifestPart file) throws IOException {
    StoredFile stored = new StoredFile(file.getPath());
    if (file.getListing() != ObjectListing.NONE && !stored.exists()) {
      throw new ManifestException(file.getPath() + ": the inventory names it, and it is not there");
    }
    if (file.getMd5() == null) {
      return file;
    }
    if (faults.isOfStream()) {
      String stamp = stored.stamp();
      stored.verify(file.getMd5());
      return file.toBuilder().setMd5(null).setStamp(stamp).build();
    }
    if (file.getFormat() == ManifestFormat.PARQUET) {
      stored.verify(file.getMd5());
    }
    return file;
  }

  /** Itself when its format has none. */
  private static List<ManifestPart> rowGroups(ManifestPart file) throws IOException {
    return file.getFormat() == ManifestFormat.PARQUET ? ParquetParser.split(file) : List.of(file);
  }
}
