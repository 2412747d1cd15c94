package com.nomadicml.beam.manifest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.api.services.bigquery.model.Table;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.annotation.Nullable;
import org.apache.beam.sdk.extensions.gcp.options.GcsOptions;
import org.apache.beam.sdk.extensions.gcp.util.gcsfs.GcsPath;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryOptions;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryServices;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryServicesImpl;
import org.apache.beam.sdk.options.PipelineOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the manifests of a run are, so that it can be told later what was imported. */
public final class ManifestPins {
  private static final int MAX_FILES = 20;

  private static final Logger LOG = LoggerFactory.getLogger(ManifestPins.class);

  private ManifestPins() {}

  /**
   * Of one file or table.
   *
   * @param checksum the etag of S3 and BigQuery, the MD5 of GCS; null where there is none
   * @param generation of an object in GCS; null elsewhere
   */
  private record Pin(
      String path,
      long bytes,
      Instant modified,
      @Nullable String checksum,
      @Nullable Long generation) {
    static Pin of(MatchResult.Metadata file, @Nullable String checksum, @Nullable Long generation) {
      return new Pin(
          file.resourceId().toString(),
          file.sizeBytes(),
          Instant.ofEpochMilli(file.lastModifiedMillis()),
          checksum == null ? null : checksum.replace("\"", ""),
          generation);
    }

    static Pin of(String path, Table table) {
      return new Pin(
          path,
          table.getNumBytes() == null ? 0 : table.getNumBytes(),
          Instant.ofEpochMilli(
              table.getLastModifiedTime() == null ? 0 : table.getLastModifiedTime().longValue()),
          table.getEtag(),
          null);
    }

    void describe(ObjectNode pin) {
      pin.put("path", path);
      pin.put("bytes", bytes);
      pin.put("modified", modified.toString());
      if (checksum != null) {
        pin.put("checksum", checksum);
      }
      if (generation != null) {
        pin.put("generation", generation);
      }
    }
  }

  /**
   * Path, size, time, checksum and generation of the first 20 files, and how many there are of how
   * many bytes in all; as JSON.
   *
   * @param paths as in {@link ReadManifests#from}
   * @return null when they can't be read from here (a worker may still read them), and for a query
   */
  @Nullable
  public static String of(String paths, PipelineOptions options) {
    return of(paths, options, new BigQueryServicesImpl());
  }

  @Nullable
  static String of(String paths, PipelineOptions options, BigQueryServices bigQuery) {
    FileSystems.setDefaultPipelineOptions(options);
    List<Pin> pins = new ArrayList<>();
    for (String path : ManifestPaths.split(paths)) {
      if (path.equals(BigQueryManifest.QUERY)) {
        return null;
      }
      try {
        if (BigQueryManifest.isOne(path)) {
          pins.add(pin(path, options.as(BigQueryOptions.class), bigQuery));
        } else {
          for (MatchResult.Metadata file : ManifestPaths.find(new NewestInventory().apply(path))) {
            boolean isShown = pins.size() < MAX_FILES;
            pins.add(
                isShown
                    ? Pin.of(file, checksum(file), generation(file, options))
                    : Pin.of(file, null, null));
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return null;
      } catch (Exception e) { // what the clients of file systems and BigQuery throw
        LOG.debug("{} can't be pinned", path, e);
        return null;
      }
    }
    return json(pins);
  }

  /** A listing of S3, as for a glob, has no etags: those are asked for one by one. */
  @Nullable
  private static String checksum(MatchResult.Metadata file) throws IOException {
    String path = file.resourceId().toString();
    return file.checksum() == null && path.startsWith("s3://")
        ? new StoredFile(path).metadata().map(MatchResult.Metadata::checksum).orElse(null)
        : file.checksum();
  }

  /** What GCS calls the version of an object, which Beam's file systems do not tell. */
  @Nullable
  private static Long generation(MatchResult.Metadata file, PipelineOptions options)
      throws IOException {
    String path = file.resourceId().toString();
    return path.startsWith("gs://")
        ? options.as(GcsOptions.class).getGcsUtil().getObject(GcsPath.fromUri(path)).getGeneration()
        : null;
  }

  private static Pin pin(String path, BigQueryOptions options, BigQueryServices bigQuery)
      throws Exception {
    try (BigQueryServices.DatasetService service = bigQuery.getDatasetService(options)) {
      Table table = service.getTable(BigQueryManifest.table(path).reference());
      if (table == null) {
        throw new ManifestException(path + ": there is no such table");
      }
      return Pin.of(path, table);
    }
  }

  private static String json(List<Pin> pins) {
    ObjectNode json = JsonRow.JSON.createObjectNode();
    json.put("files", pins.size());
    json.put("bytes", pins.stream().mapToLong(Pin::bytes).sum());
    ArrayNode first = json.putArray("first");
    pins.stream().limit(MAX_FILES).forEach(pin -> pin.describe(first.addObject()));
    return json.toString();
  }
}
