package com.nomadicml.beam.manifest;

import com.nomadicml.beam.model.Provider;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Makes a URI of the bucket and the key of a listing's row, and leaves out what is no video that
 * stands in the bucket now.
 */
record ObjectRows(ManifestPart part, RowSink sink, LineCounts counts) implements RowSink {
  /** As the formats name it that tell no more of a version: any may be meant. */
  private static final String VERSION = "version_id";

  /**
   * Checks the columns of a listing, in lower case.
   *
   * @throws ManifestException when one is absent that names an object
   */
  static void requireAmong(List<String> columns, ManifestPart part) {
    for (String name : List.of("bucket", keyColumn(part.getListing()))) {
      if (!columns.contains(name)) {
        throw new ManifestException(
            part.getPath()
                + ": the inventory has no column "
                + name
                + ", only "
                + String.join(", ", columns));
      }
    }
  }

  private static String keyColumn(ObjectListing listing) {
    return listing == ObjectListing.GCS ? "name" : "key";
  }

  @Override
  public void row(ManifestRow row) {
    Map<String, String> fields = row.fields();
    String bucket = fields.get("bucket");
    String key = fields.get(keyColumn(part.getListing()));
    if (bucket == null || key == null) {
      sink.unreadable(row.line(), row.raw(), "the row names no bucket and object");
      return;
    }
    if (part.getListing() == ObjectListing.S3_ENCODED) {
      try {
        key = UrlEncodedKey.decode(key);
      } catch (IllegalArgumentException e) {
        sink.unreadable(row.line(), row.raw(), "the key is not URL-encoded: " + e.getMessage());
        return;
      }
    }
    if (is(fields, "is_delete_marker", "isdeletemarker", "true")) {
      sink.skipped(SkipReason.DELETE_MARKER);
    } else if (is(fields, "is_latest", "islatest", "false") || fields.containsKey("timedeleted")) {
      sink.skipped(SkipReason.OLD_VERSION);
    } else if (!key.toLowerCase(Locale.ROOT).endsWith(".mp4")) {
      sink.skipped(SkipReason.NOT_MP4);
    } else {
      Provider provider = part.getListing() == ObjectListing.GCS ? Provider.GCS : Provider.S3;
      Map<String, String> named = new TreeMap<>(fields);
      if (fields.containsKey(VERSION) && !fields.containsKey("is_latest")) {
        counts.versionDropped();
      }
      named.put(ManifestRow.URI, provider.prefix() + bucket + "/" + key);
      sink.row(row.with(named));
    }
  }

  /** Parquet names columns in snake case, CSV in one word. */
  private static boolean is(Map<String, String> fields, String snake, String word, String value) {
    return value.equalsIgnoreCase(fields.getOrDefault(snake, fields.get(word)));
  }

  @Override
  public void columns(Collection<String> names) {
    sink.columns(names);
  }

  @Override
  public void blank() {
    sink.blank();
  }

  @Override
  public void skipped(SkipReason reason) {
    sink.skipped(reason);
  }

  @Override
  public void unreadable(long line, String raw, String reason) {
    sink.unreadable(line, raw, reason);
  }
}
