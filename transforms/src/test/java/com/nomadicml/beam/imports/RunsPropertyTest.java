package com.nomadicml.beam.imports;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ImportItem;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.LedgerRow;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.BeforeTry;

/**
 * Any manifest, cut into any runs with any batch size and any number of lanes, each killed at any
 * point: planning and resumption against a ledger and an API that are kept in memory.
 */
class RunsPropertyTest {
  private final Map<String, VideoStatus> rows = new TreeMap<>();
  private final Map<String, JobStatus> jobs = new TreeMap<>();
  private final Map<String, Set<String>> accepted = new HashMap<>();
  private Instant now = Instant.parse("2026-11-24T10:00:00Z");

  /** The tries of a property share their object. */
  @BeforeTry
  void forget() {
    rows.clear();
    jobs.clear();
    accepted.clear();
  }

  @Property(tries = 300)
  void theUnionOfTheBatchesIsTheManifestAndNoItemIsInTwo(
      @ForAll @IntRange(min = 1, max = 60) int items,
      @ForAll @IntRange(max = 5) int kills,
      @ForAll long seed) {
    Random random = new Random(seed);
    List<ManifestEntry> manifest = new ArrayList<>();
    for (int i = 0; i < items; i++) {
      manifest.add(entry("s3://b" + i % 2 + "/" + i + ".mp4", i));
    }
    for (int i = 0; i < kills; i++) {
      Collections.shuffle(manifest, random);
      List<ManifestEntry> part = manifest.subList(0, 1 + random.nextInt(items));
      run(part, random, random.nextInt(3 * items));
    }
    run(manifest, random, Integer.MAX_VALUE);

    Set<String> all = new HashSet<>();
    accepted.values().forEach(batch -> batch.forEach(uri -> assertThat(all.add(uri)).isTrue()));
    assertThat(all).hasSize(items);
    assertThat(rows).hasSize(items);
    assertThat(rows.values()).allMatch(row -> row.getState() == VideoState.SUBMITTED);
  }

  /** One run, which is killed after so many writes and requests. */
  private void run(List<ManifestEntry> entries, Random random, int stepsUntilKill) {
    int batchSize = 1 + random.nextInt(9);
    List<TrackedBatch> unsent = new ArrayList<>();
    List<TrackedBatch> submitted = new ArrayList<>();
    List<LedgerRow> ledger = new ArrayList<>();
    for (BatchResumption resumption : resumptions()) {
      ledger.addAll(resumption.ledger());
      Stream.ofNullable(resumption.unsent()).forEach(unsent::add);
      Stream.ofNullable(resumption.submitted()).forEach(submitted::add);
    }
    List<TrackedBatch> planned = plan(entries, ledger, batchSize, 1 + random.nextInt(3));
    assertDisjoint(planned, unsent, submitted);
    planned.forEach(batch -> assertThat(batch.getBatch().getItems()).hasSizeBetween(1, batchSize));

    List<Runnable> steps = new ArrayList<>();
    List<VideoStatus> ahead = new ArrayList<>();
    planned.forEach(batch -> ahead.addAll(batch.rows(VideoState.PENDING, null, null, "run", now)));
    Collections.shuffle(ahead, random);
    ahead.forEach(row -> steps.add(() -> write(row)));
    Collections.shuffle(planned, random);
    planned.forEach(batch -> steps.add(() -> write(batch.getJob())));
    List<Runnable> outputs = new ArrayList<>();
    for (List<TrackedBatch> lane : lanes(planned, unsent, 1 + random.nextInt(4))) {
      for (TrackedBatch batch : lane) {
        steps.add(() -> post(batch.getBatch()));
        steps.add(() -> write(submittedJob(batch)));
        batch
            .rows(VideoState.SUBMITTED, null, null, "run", now)
            .forEach(row -> outputs.add(() -> write(row)));
      }
    }
    submitted.forEach(
        batch ->
            batch
                .rows(VideoState.SUBMITTED, null, null, "run", now)
                .forEach(row -> outputs.add(() -> write(row))));
    // A runner keeps the rows of what was sent back until all is sent, and writes them in any
    // order.
    Collections.shuffle(outputs, random);
    steps.addAll(outputs);
    steps.stream().limit(stepsUntilKill).forEach(Runnable::run);
    now = now.plusSeconds(60);
  }

  private List<BatchResumption> resumptions() {
    Map<String, List<VideoStatus>> byBatch = new TreeMap<>();
    jobs.keySet().forEach(id -> byBatch.put(id, new ArrayList<>()));
    rows.values()
        .forEach(
            row ->
                byBatch
                    .computeIfAbsent(
                        Objects.toString(row.getBatchId(), ""), id -> new ArrayList<>())
                    .add(row));
    return byBatch.entrySet().stream()
        .map(
            batch ->
                BatchResumption.of(
                    jobs.get(batch.getKey()), batch.getValue(), OnUnknownSubmit.RESEND))
        .toList();
  }

  /** As {@link PlanImports} does: by shards that all rows of a URI share. */
  private List<TrackedBatch> plan(
      List<ManifestEntry> entries, List<LedgerRow> ledger, int batchSize, int shards) {
    ShardPlanner planner = new ShardPlanner("run", Clock.fixed(now, ZoneOffset.UTC), batchSize, 1);
    List<TrackedBatch> planned = new ArrayList<>();
    for (int i = 0; i < shards; i++) {
      int shard = i;
      planner
          .plan(
              entries.stream().filter(e -> shard(e.getSourceUri(), shards) == shard).toList(),
              ledger.stream().filter(r -> shard(r.getSourceUri(), shards) == shard).toList(),
              List.of())
          .batches()
          .forEach(
              batch -> planned.add(TrackedBatch.of(batch, JobStatus.planned(batch, "run", now))));
    }
    return planned;
  }

  private static int shard(String uri, int shards) {
    return Math.floorMod(uri.hashCode(), shards);
  }

  private static Iterable<List<TrackedBatch>> lanes(
      List<TrackedBatch> planned, List<TrackedBatch> unsent, int lanes) {
    Map<Integer, List<TrackedBatch>> byLane = new TreeMap<>();
    Stream.concat(unsent.stream(), planned.stream())
        .forEach(
            batch ->
                byLane
                    .computeIfAbsent(
                        Math.floorMod(batch.getBatch().getBatchId().hashCode(), lanes),
                        lane -> new ArrayList<>())
                    .add(batch));
    return byLane.values();
  }

  @SafeVarargs
  private static void assertDisjoint(List<TrackedBatch>... batches) {
    Set<String> seen = new HashSet<>();
    Stream.of(batches)
        .flatMap(List::stream)
        .flatMap(batch -> batch.getBatch().getItems().stream())
        .forEach(item -> assertThat(seen.add(item.getSourceUri())).isTrue());
  }

  /** An API that honours keys: the same key is the same import. */
  private void post(ImportBatch batch) {
    Set<String> uris = Set.copyOf(batch.getItems().stream().map(ImportItem::getSourceUri).toList());
    Set<String> before = accepted.putIfAbsent(batch.getBatchId(), uris);
    assertThat(before == null ? uris : before).as("the items of a key").isEqualTo(uris);
  }

  private JobStatus submittedJob(TrackedBatch batch) {
    return batch.getJob().toBuilder()
        .setImportJobId("ij_" + batch.getBatch().getBatchId())
        .setSubmittedAt(now.toEpochMilli())
        .inState(JobState.SUBMITTED, now);
  }

  private void write(VideoStatus row) {
    rows.merge(row.getSourceUri(), row, (a, b) -> b.getSequence() > a.getSequence() ? b : a);
  }

  private void write(JobStatus job) {
    jobs.merge(job.getBatchId(), job, (a, b) -> b.getSequence() > a.getSequence() ? b : a);
  }

  private static ManifestEntry entry(String uri, long line) {
    return ManifestEntry.builder()
        .setManifest("m")
        .setLine(line)
        .setSourceUri(uri)
        .setScope("user")
        .build();
  }
}
