package com.nomadicml.beam.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The manifest of a Storage Insights inventory report: where its shards are. */
final class GcsInventory {
  private static final String SHARDS = "report_shards_file_names";

  private GcsInventory() {}

  static boolean isOne(JsonNode manifest) {
    return manifest.has(SHARDS);
  }

  /**
   * The shards, which lie beside the manifest.
   *
   * @throws ManifestException when the report can't be read
   */
  static List<ManifestPart> files(String path, JsonNode manifest) {
    if (!isOne(manifest)) {
      throw new ManifestException(path + ": no Storage Insights manifest: it lacks " + SHARDS);
    }
    JsonNode names = manifest.path(SHARDS);
    int promised = manifest.path("shard_count").asInt(names.size());
    if (promised != names.size()) {
      throw new ManifestException(
          path
              + ": names "
              + names.size()
              + " of "
              + promised
              + " shards: the report is not whole");
    }
    List<ManifestPart> parts = new ArrayList<>();
    for (JsonNode name : names) {
      String file = name.asText();
      NamedFile.requireBelow(path, file);
      String shard = path.substring(0, path.lastIndexOf('/') + 1) + file;
      parts.add(shard(shard, property(manifest, "report_config", "reportConfig")));
    }
    return parts;
  }

  private static ManifestPart shard(String path, JsonNode config) {
    ManifestPart.Builder part = ManifestPart.builder().setPath(path).setListing(ObjectListing.GCS);
    if (path.toLowerCase(Locale.ROOT).endsWith(".parquet")) {
      return part.setFormat(ManifestFormat.PARQUET).build();
    }
    JsonNode csv = property(config, "csv_options", "csvOptions");
    JsonNode header = property(csv, "header_required", "headerRequired");
    if (!header.isMissingNode() && !header.asBoolean()) {
      part.setColumns(columns(config));
    }
    String delimiter = csv.path("delimiter").asText();
    return part.setFormat(ManifestFormat.CSV)
        .setDelimiter(delimiter.length() == 1 ? delimiter : ",")
        .build();
  }

  /** The columns of a report without a header, in its order. */
  private static List<String> columns(JsonNode config) {
    JsonNode options =
        property(config, "object_metadata_report_options", "objectMetadataReportOptions");
    List<String> columns = new ArrayList<>();
    for (JsonNode field : property(options, "metadata_fields", "metadataFields")) {
      columns.add(field.asText().toLowerCase(Locale.ROOT));
    }
    return columns;
  }

  /** The API spells names in both ways. */
  private static JsonNode property(JsonNode object, String snake, String camel) {
    return object.has(snake) ? object.path(snake) : object.path(camel);
  }
}
