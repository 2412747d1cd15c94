package com.nomadicml.beam.manifest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import javax.annotation.Nullable;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.TupleTag;

/** Decides how a manifest is read; yields the data files that an inventory is made of. */
final class FindPartsFn extends DoFn<String, ManifestPart> {
  private static final long serialVersionUID = 1L;

  static final TupleTag<ManifestPart> PARTS = new TupleTag<>() {};

  private final ManifestFormat format;
  private final RowRules rules;
  private final FileFaults faults;

  FindPartsFn(ManifestFormat format, RowRules rules, FileFaults faults) {
    this.format = format;
    this.rules = rules;
    this.faults = faults;
  }

  @ProcessElement
  public void find(@Element String path, MultiOutputReceiver out) {
    TaggedOutput found = TaggedOutput.to(out);
    faults
        .read(path, rules, () -> of(path), found)
        .ifPresent(parts -> parts.forEach(part -> found.emit(PARTS, part)));
  }

  private List<ManifestPart> of(String path) throws IOException {
    // Taken anew: between steps Beam carries neither time nor checksum.
    String stamp = new StoredFile(path).stamp();
    return parts(path).stream()
        .map(part -> part.getPath().equals(path) ? part.toBuilder().setStamp(stamp).build() : part)
        .toList();
  }

  private List<ManifestPart> parts(String path) throws IOException {
    boolean mayBeInventory =
        format == ManifestFormat.AUTO && path.toLowerCase(Locale.ROOT).endsWith("manifest.json");
    JsonNode inventory = mayBeInventory ? object(path) : null;
    if (inventory != null && S3Inventory.isOne(inventory)) {
      return s3(path, inventory);
    }
    if (inventory != null && GcsInventory.isOne(inventory)) {
      return GcsInventory.files(path, inventory);
    }
    if (path.toLowerCase(Locale.ROOT).endsWith(".orc")) {
      throw new ManifestException(
          path
              + ": ORC is not read here: choose CSV or Parquet as output format in the bucket's"
              + " inventory configuration");
    }
    return switch (format.of(path)) {
      case S3_INVENTORY -> s3(path, required(path));
      case GCS_INVENTORY -> GcsInventory.files(path, required(path));
      case S3_BATCH_CSV ->
          List.of(
              ManifestPart.of(path, ManifestFormat.CSV).toBuilder()
                  .setListing(ObjectListing.S3_ENCODED)
                  .setColumns(List.of("bucket", "key", "version_id"))
                  .build());
      default -> List.of(ManifestPart.of(path, format.of(path)));
    };
  }

  private static List<ManifestPart> s3(String path, JsonNode inventory) throws IOException {
    String folder = path.substring(0, path.lastIndexOf('/') + 1);
    StoredFile checksum = new StoredFile(folder + "manifest.checksum");
    if (checksum.exists() && !NewestInventory.matches(new StoredFile(path), checksum)) {
      throw new ManifestException(
          path
              + ": it is not the manifest that manifest.checksum was made of: wait until the report"
              + " is written, or take another one");
    }
    return S3Inventory.files(path, inventory);
  }

  private static JsonNode required(String path) throws IOException {
    JsonNode object = object(path);
    if (object == null) {
      throw new ManifestException(path + ": the manifest of an inventory is one JSON object");
    }
    return object;
  }

  /** The JSON object that a file is, or null when it is none; an array is not read. */
  @Nullable
  private static JsonNode object(String path) throws IOException {
    try (InputStream in = new StoredFile(path).open();
        JsonParser parser = JsonRow.JSON.createParser(StrictReader.of(in))) {
      return parser.nextToken() == JsonToken.START_OBJECT ? parser.readValueAsTree() : null;
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new ManifestException(
          path + ", line " + JsonRow.line(e) + ": not JSON: " + JsonRow.problem(e), e);
    }
  }
}
