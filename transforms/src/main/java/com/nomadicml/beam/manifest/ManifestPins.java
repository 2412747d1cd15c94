package com.nomadicml.beam.manifest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.base.Splitter;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.annotation.Nullable;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.options.PipelineOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the manifests of a run are, so that it can be told later what was imported. */
public final class ManifestPins {
  private static final int MAX_FILES = 20;

  private static final Logger LOG = LoggerFactory.getLogger(ManifestPins.class);

  private ManifestPins() {}

  /**
   * Path, size, time and checksum (the etag of S3, the MD5 of GCS) of the first 20 files, and how
   * many there are of how many bytes in all; as JSON.
   *
   * @param paths as in {@link ReadManifests#from}
   * @return null when they can't be read from here; a worker may still read them
   */
  @Nullable
  public static String of(String paths, PipelineOptions options) {
    FileSystems.setDefaultPipelineOptions(options);
    List<MatchResult.Metadata> files = new ArrayList<>();
    for (String path : Splitter.on(',').trimResults().omitEmptyStrings().split(paths)) {
      try {
        files.addAll(FileSystems.match(new NewestInventory().apply(path)).metadata());
      } catch (IOException | RuntimeException e) { // what the clients of file systems throw
        LOG.debug("{} can't be pinned", path, e);
        return null;
      }
    }
    ObjectNode pins = JsonRow.JSON.createObjectNode();
    pins.put("files", files.size());
    pins.put("bytes", files.stream().mapToLong(MatchResult.Metadata::sizeBytes).sum());
    ArrayNode first = pins.putArray("first");
    files.stream().limit(MAX_FILES).forEach(file -> describe(first.addObject(), file));
    return pins.toString();
  }

  private static void describe(ObjectNode pin, MatchResult.Metadata file) {
    pin.put("path", file.resourceId().toString());
    pin.put("bytes", file.sizeBytes());
    pin.put("modified", Instant.ofEpochMilli(file.lastModifiedMillis()).toString());
    if (file.checksum() != null) {
      pin.put("checksum", file.checksum());
    }
  }
}
