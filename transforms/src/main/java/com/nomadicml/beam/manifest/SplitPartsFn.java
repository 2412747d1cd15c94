package com.nomadicml.beam.manifest;

import java.io.IOException;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;

/** Cuts files whose format allows it into parts that can be read side by side. */
final class SplitPartsFn extends DoFn<ManifestPart, ManifestPart> {
  private static final long serialVersionUID = 1L;

  @ProcessElement
  public void cut(@Element ManifestPart file, OutputReceiver<ManifestPart> parts) {
    split(file).forEach(parts::output);
  }

  /** The parts of one file; itself when its format allows no cut. */
  static List<ManifestPart> split(ManifestPart file) {
    String path = file.getPath();
    try {
      if (file.getListing() != ObjectListing.NONE && !new StoredFile(path).exists()) {
        throw new ManifestException(path + ": the inventory names it, and it is not there");
      }
      return switch (file.getFormat()) {
        case TXT, JSONL -> LineParts.split(file);
        case PARQUET -> {
          if (file.getMd5() != null) {
            new StoredFile(path).verify(file.getMd5());
          }
          yield ParquetParser.split(file);
        }
        default -> List.of(file);
      };
    } catch (IOException e) {
      throw new ManifestException(path + " can't be read: " + e.getMessage(), e);
    }
  }
}
