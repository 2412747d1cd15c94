package com.nomadicml.beam.manifest;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How a manifest is written. */
public enum ManifestFormat {
  /** By the file's name. */
  AUTO,
  TXT,
  CSV,
  TSV,
  JSONL,
  JSON;

  /**
   * Reads an option's value.
   *
   * @throws IllegalArgumentException naming the values that can be used
   */
  public static ManifestFormat parse(String value) {
    for (ManifestFormat format : values()) {
      if (format.name().equalsIgnoreCase(value.strip())) {
        return format;
      }
    }
    String allowed =
        Arrays.stream(values())
            .map(format -> format.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(", "));
    throw new IllegalArgumentException(
        "--manifestFormat must be one of " + allowed + ", not '" + value + "'");
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
    String name =
        path.substring(path.lastIndexOf('/') + 1)
            .toLowerCase(Locale.ROOT)
            .replaceFirst("\\.(gz|gzip|bz2|zst|zstd|deflate)$", "");
    String extension = name.substring(name.lastIndexOf('.') + 1);
    return switch (extension) {
      case "txt", "list" -> TXT;
      case "csv" -> CSV;
      case "tsv", "tab" -> TSV;
      case "jsonl", "ndjson" -> JSONL;
      case "json" -> JSON;
      default ->
          throw new ManifestException(
              path
                  + ": its name tells no format; say one with --manifestFormat=txt|csv|tsv|jsonl|json");
    };
  }
}
