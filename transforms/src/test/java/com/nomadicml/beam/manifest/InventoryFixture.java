package com.nomadicml.beam.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import java.net.URLEncoder;
import java.util.List;

/**
 * An S3 Inventory report of the bucket {@code fleet} in the bucket {@code reports}, as S3 writes
 * it: one data file, its manifest and the manifest's checksum.
 */
record InventoryFixture(String dataKey, byte[] dataFile, String format, String schema) {
  private static final String PARQUET_SCHEMA =
      "message s3.inventory { required binary bucket (UTF8); required binary key (UTF8);"
          + " optional binary version_id (UTF8); optional boolean is_latest;"
          + " optional boolean is_delete_marker; optional int64 size;"
          + " optional binary e_tag (UTF8);}";

  static InventoryFixture csv(String schema, List<String> rows) {
    byte[] data = S3Server.gzip((String.join("\n", rows) + "\n").getBytes(UTF_8));
    // Files of different content have names of their own, but for one that is replaced.
    String name = rows.size() > 1 ? "part-0" : Hashing.sha256().hashBytes(data).toString();
    return new InventoryFixture(
        "inventory/fleet/daily/data/" + name + ".csv.gz", data, "CSV", schema);
  }

  static InventoryFixture parquet(byte[] data) {
    return new InventoryFixture(
        "inventory/fleet/daily/data/part-0.parquet", data, "Parquet", PARQUET_SCHEMA);
  }

  /** A row of Bucket, Key, Size, LastModifiedDate and ETag; S3 leaves slashes as they are. */
  static String row(String key) {
    String encoded = URLEncoder.encode(key, UTF_8).replace("%2F", "/");
    return "\"fleet\",\"" + encoded + "\",\"9\",\"2026-11-24T00:00:00.000Z\",\"etag\"";
  }

  @SuppressWarnings("deprecation") // MD5 is what S3 writes.
  private static String md5(byte[] bytes) {
    return Hashing.md5().hashBytes(bytes).toString();
  }

  String md5() {
    return md5(dataFile);
  }

  byte[] manifest() {
    String json =
        """
        {"sourceBucket":"fleet","destinationBucket":"arn:aws:s3:::reports",\
        "version":"2016-11-30","creationTimestamp":"1795482000000",\
        "fileFormat":"%s","fileSchema":"%s",\
        "files":[{"key":"%s","size":%d,"MD5checksum":"%s"}]}
        """;
    return json.formatted(format, schema, dataKey, dataFile.length, md5()).getBytes(UTF_8);
  }

  byte[] checksum() {
    return (md5(manifest()) + "\n").getBytes(UTF_8);
  }
}
