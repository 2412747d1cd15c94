package com.nomadicml.beam.manifest;

import static java.util.stream.Collectors.joining;

import java.util.Arrays;
import java.util.Locale;

/** How a manifest is written. */
public enum ManifestFormat {
  /** By the file's name. */
  AUTO,
  TXT,
  CSV,
  TSV,
  JSONL,
  JSON,
  PARQUET,
  AVRO,
  /** The {@code manifest.json} of an S3 Inventory report, or the folder of its dates. */
  S3_INVENTORY,
  /** What S3 Batch Operations take: {@code bucket,key[,version]} without a header. */
  S3_BATCH_CSV,
  /** The manifest of a Storage Insights inventory report. */
  GCS_INVENTORY;

  /**
   * Reads an option's value.
   *
   * @throws IllegalArgumentException naming the values that can be used
   */
  public static ManifestFormat parse(String value) {
    for (ManifestFormat format : values()) {
      if (format.toString().equalsIgnoreCase(value.strip())) {
        return format;
      }
    }
    throw new IllegalArgumentException(
        "--manifestFormat must be one of " + allowed(", ") + ", not '" + value + "'");
  }

  /** As the option spells it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String allowed(String separator) {
    return Arrays.stream(values()).map(ManifestFormat::toString).collect(joining(separator));
  }

  /**
   * This format, or for {@link #AUTO} the one that the file's name says, whatever its compression.
   *
   * @throws ManifestException when the name says nothing
   */
  ManifestFormat of(String path) {
    if (this != AUTO) {
      return this;
    }
    String name = path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    name = Decompression.SUFFIX.matcher(name).replaceFirst("");
    String extension = name.substring(name.lastIndexOf('.') + 1);
    return switch (extension) {
      case "txt", "list" -> TXT;
      case "csv" -> CSV;
      case "tsv", "tab" -> TSV;
      // An augmented manifest, as SageMaker Ground Truth writes it, is named .manifest.
      case "jsonl", "ndjson", "manifest" -> JSONL;
      case "json" -> JSON;
      case "parquet" -> PARQUET;
      case "avro" -> AVRO;
      default ->
          throw new ManifestException(
              path
                  + ": its name tells no format; say one with --manifestFormat="
                  + allowed("|").replace("auto|", ""));
    };
  }
}
