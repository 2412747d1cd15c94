package com.nomadicml.beam.benchmarks;

import com.nomadicml.beam.benchmarks.StraightLineApi.Video;
import com.nomadicml.beam.model.Provider;
import com.nomadicml.beam.model.RejectedException;
import com.nomadicml.beam.model.VideoUri;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The least that does the work: reads lines, posts each batch when it is full, drains the pages of
 * its job, and upserts its rows. One thread, no plan, no ledger; what breaks it has to be begun
 * anew.
 *
 * <p>Arguments: manifest, JDBC URL of the status tables, URL of the API.
 */
final class StraightLineImport {
  private static final int BATCH_SIZE = 1_000;

  private final StraightLineApi api;
  private final StraightLineTable table;
  private final Map<String, String> gcsIntegrations;
  private final Map<Target, List<Line>> batches = new LinkedHashMap<>();

  /** What the lines of a request have in common. */
  record Target(Provider provider, String bucket) {}

  /** A line of the manifest, from 1. */
  record Line(long number, String uri, String key) {}

  private StraightLineImport(StraightLineApi api, StraightLineTable table)
      throws IOException, InterruptedException {
    this.api = api;
    this.table = table;
    gcsIntegrations = api.gcsIntegrations();
  }

  public static void main(String... args) throws Exception {
    StraightLineApi api =
        new StraightLineApi(URI.create(args[2]), System.getenv("NOMADIC_API_KEY"));
    try (StraightLineTable table = StraightLineTable.open(args[1], args[0])) {
      new StraightLineImport(api, table).run(Path.of(args[0]));
    }
  }

  private void run(Path manifest)
      throws IOException, InterruptedException, RejectedException, SQLException {
    try (BufferedReader lines = Files.newBufferedReader(manifest)) {
      long number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        VideoUri uri = VideoUri.parse(line);
        Target target = new Target(uri.provider(), uri.bucket());
        List<Line> batch = batches.computeIfAbsent(target, id -> new ArrayList<>());
        batch.add(new Line(++number, line, uri.key()));
        if (batch.size() == BATCH_SIZE) {
          load(target, batch);
          batch.clear();
        }
      }
    }
    for (Map.Entry<Target, List<Line>> rest : batches.entrySet()) {
      if (!rest.getValue().isEmpty()) {
        load(rest.getKey(), rest.getValue());
      }
    }
  }

  private void load(Target target, List<Line> batch)
      throws IOException, InterruptedException, SQLException {
    List<String> keys = batch.stream().map(Line::key).toList();
    String integration =
        target.provider() == Provider.GCS ? gcsIntegrations.get(target.bucket()) : null;
    String job = api.submit(target, integration, keys);
    Map<String, Video> videos = api.videos(job, batch.size());
    table.upsert(target, job, batch, videos, Instant.now());
  }
}
