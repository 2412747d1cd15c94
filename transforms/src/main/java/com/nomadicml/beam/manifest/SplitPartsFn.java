package com.nomadicml.beam.manifest;

import java.io.IOException;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;

/** Cuts files whose format allows it into parts that can be read side by side. */
final class SplitPartsFn extends DoFn<ManifestPart, ManifestPart> {
  private static final long serialVersionUID = 1L;

  @ProcessElement
  public void cut(@Element ManifestPart file, OutputReceiver<ManifestPart> parts) {
    for (ManifestPart part : split(file)) {
      LineParts.split(part).forEach(parts::output);
    }
  }

  /** The row groups of a file; itself when its format has none. */
  static List<ManifestPart> split(ManifestPart file) {
    String path = file.getPath();
    try {
      if (file.getListing() != ObjectListing.NONE && !new StoredFile(path).exists()) {
        throw new ManifestException(path + ": the inventory names it, and it is not there");
      }
      if (file.getFormat() != ManifestFormat.PARQUET) {
        return List.of(file);
      }
      if (file.getMd5() != null) {
        new StoredFile(path).verify(file.getMd5());
      }
      return ParquetParser.split(file);
    } catch (IOException e) {
      throw new ManifestException(path + " can't be read: " + e.getMessage(), e);
    } catch (StackOverflowError | OutOfMemoryError | LinkageError e) {
      throw ManifestException.of(path, e);
    }
  }
}
