package com.nomadicml.beam.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.base.Splitter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The {@code manifest.json} of an S3 Inventory report: where its data files are. */
final class S3Inventory {
  private static final String SCHEME = "s3://";

  private S3Inventory() {}

  static boolean isOne(JsonNode manifest) {
    return manifest.has("sourceBucket") && manifest.has("fileSchema") && manifest.has("files");
  }

  /**
   * The data files.
   *
   * @throws ManifestException when the report can't be read
   * @throws IOException when the bucket can't be asked
   */
  static List<ManifestPart> files(String path, JsonNode manifest) throws IOException {
    if (!isOne(manifest)) {
      throw new ManifestException(
          path + ": no S3 Inventory manifest: it lacks sourceBucket, fileSchema or files");
    }
    String format = manifest.path("fileFormat").asText("CSV").toUpperCase(Locale.ROOT);
    ManifestPart.Builder part =
        switch (format) {
          case "CSV" ->
              ManifestPart.builder()
                  .setFormat(ManifestFormat.CSV)
                  .setListing(ObjectListing.S3_ENCODED)
                  .setColumns(columns(path, manifest.path("fileSchema").asText()));
          case "PARQUET" ->
              ManifestPart.builder().setFormat(ManifestFormat.PARQUET).setListing(ObjectListing.S3);
          default ->
              throw new ManifestException(
                  path
                      + ": the inventory is written as "
                      + format
                      + ", which is not read here: choose CSV or Parquet as output format in the"
                      + " bucket's inventory configuration");
        };
    List<ManifestPart> parts = new ArrayList<>();
    for (JsonNode file : manifest.path("files")) {
      String key = file.path("key").asText();
      parts.add(
          part.setPath(location(path, key, manifest))
              .setMd5(file.path("MD5checksum").asText(null))
              .build());
    }
    return parts;
  }

  private static List<String> columns(String path, String schema) {
    List<String> columns =
        Splitter.on(',').trimResults().splitToList(schema.toLowerCase(Locale.ROOT));
    ObjectRows.requireAmong(
        columns, ManifestPart.of(path, ManifestFormat.CSV).withListing(ObjectListing.S3_ENCODED));
    return columns;
  }

  /**
   * Where a data file lies: in the manifest's own bucket, below the folder of its dates. A report
   * that was copied elsewhere has its data where the copy of its manifest is. The bucket that the
   * manifest names is asked only where it is the manifest's own: whoever writes a manifest could
   * have any bucket read.
   */
  private static String location(String path, String key, JsonNode manifest) throws IOException {
    NamedFile.requireBelow(path, key);
    String folder = path.substring(0, Math.max(0, path.lastIndexOf('/')));
    String report = folder.substring(0, folder.lastIndexOf('/') + 1);
    String besideTheDates = report + "data/" + key.substring(key.lastIndexOf('/') + 1);
    if (!path.startsWith(SCHEME)) {
      return besideTheDates;
    }
    String bucket = path.substring(SCHEME.length(), path.indexOf('/', SCHEME.length()));
    String asNamed = SCHEME + bucket + "/" + key;
    boolean isBelow = asNamed.startsWith(report);
    boolean isOwnBucket = bucket.equals(destination(manifest));
    return isBelow || (isOwnBucket && !new StoredFile(besideTheDates).exists())
        ? asNamed
        : besideTheDates;
  }

  /** The bucket that the report was written to: an ARN of whatever partition, or a bare name. */
  private static String destination(JsonNode manifest) {
    String arn = manifest.path("destinationBucket").asText();
    return arn.substring(arn.lastIndexOf(':') + 1);
  }
}
