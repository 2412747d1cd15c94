package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.emulator.EmulatorOptions;
import com.nomadicml.beam.imports.ClaimEntries;
import com.nomadicml.beam.imports.CutBatches;
import com.nomadicml.beam.imports.lane.HeldLane;
import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ImportItem;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.Provider;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.status.HolderProcess;
import com.nomadicml.beam.status.Lease;
import com.nomadicml.beam.status.LeaseClaim;
import com.nomadicml.beam.status.StatusStore;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.beam.sdk.schemas.NoSuchSchemaException;
import org.apache.beam.sdk.schemas.SchemaRegistry;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a stream plans, on the direct runner by a clock that the test sets. Its lane begins when all
 * is planned, so that nothing is sent before.
 */
class StreamImportsTest {
  private static final Duration DELAY = Duration.ofSeconds(30);

  @TempDir private Path directory;
  private final EmulatorOptions options = ImportHarness.fast();
  private ImportHarness harness;
  private StatusStore store;
  private int runs;

  @BeforeEach
  void start() {
    harness = ImportHarness.start(directory, options);
    store = StatusStore.at(harness.statusTable());
    store.createTables();
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  @Test
  void anItemWaitsForOthersNoLongerThanTheDelay() throws Exception {
    plan(
        10,
        events()
            .addElements(entry("a"))
            .advanceProcessingTime(seconds(20))
            .addElements(entry("b"))
            .advanceProcessingTime(seconds(11))
            .addElements(entry("c")));

    assertThat(requested()).containsExactly("1", "2");
  }

  @Test
  void aFullBatchDoesNotWait() throws Exception {
    plan(
        2,
        events()
            .addElements(entry("a"), entry("b"), entry("c"))
            .advanceProcessingTime(seconds(20))
            .addElements(entry("d"), entry("e")));

    assertThat(requested()).containsExactly("1", "2", "2");
  }

  /** The delay of an item begins when it comes, whenever the batch before was full. */
  @Test
  void aFullBatchLeavesTheNextItsDelay() throws Exception {
    plan(
        3,
        events()
            .addElements(entry("a"))
            .advanceProcessingTime(seconds(20))
            .addElements(entry("b"), entry("c"), entry("d"))
            .advanceProcessingTime(seconds(20))
            .addElements(entry("e")));

    assertThat(requested()).containsExactly("2", "3");
  }

  @Test
  void batchesGrowWhileTheOneBeforeIsNotSent() throws Exception {
    TestStream.Builder<ManifestEntry> events = events();
    for (String name : List.of("a", "b", "c", "d", "e", "f")) {
      events = events.addElements(entry(name)).advanceProcessingTime(seconds(31));
    }

    plan(3, events);

    assertThat(requested()).containsExactly("1", "2", "3");
  }

  @Test
  void whatCanNotShareARequestIsNoReasonToWait() throws Exception {
    ManifestEntry elsewhere = entry("a").toBuilder().setFolder("trip").build();
    plan(2, events().addElements(entry("a"), elsewhere, entry("b")));

    assertThat(harness.query("SELECT folder, requested FROM import_jobs ORDER BY folder"))
        .containsExactly("null|2", "trip|1");
  }

  @Test
  void aRedeliveredMessageImportsNothingTwice() throws Exception {
    plan(
        10,
        events()
            .addElements(entry("a"), entry("a"))
            .advanceProcessingTime(seconds(20))
            .addElements(entry("a"))
            .advanceProcessingTime(seconds(31))
            .addElements(entry("a")));
    send();
    plan(10, events().addElements(entry("a")));
    send();

    assertThat(requested()).containsExactly("1");
    assertThat(harness.timesAccepted()).containsExactly(Map.entry("user/ " + uri("a"), 1));
    assertThat(harness.states()).containsExactly("UPLOADED|1");
  }

  /** As when two workers see the same message at once, or a bundle is run again. */
  @Test
  void anItemInTwoBatchesIsSentInOne() throws Exception {
    plan(10, events().addElements(entry("a"), entry("b")));
    store.recordVideos(
        store.videos("user/", List.of(uri("b"))).stream()
            .map(row -> row.toBuilder().setBatchId(null).setSequence(row.getSequence() + 1).build())
            .toList());
    plan(10, events().addElements(entry("b"), entry("c")));
    assertThat(requested()).containsExactly("2", "2");

    send();

    assertThat(harness.timesAccepted().values()).hasSize(3).containsOnly(1);
    assertThat(harness.states()).containsExactly("UPLOADED|3");
  }

  @Test
  void failedItemsAreTriedAgainAndNoMoreOftenThanTheyMay() throws Exception {
    plan(10, events().addElements(entry("corrupt"), entry("b")));
    send("--maxAttempts=2");
    plan(10, events().addElements(entry("corrupt")));
    assertThat(requested()).containsExactly("1", "2");

    plan(10, 3, events().addElements(entry("corrupt")));
    send("--maxAttempts=3");

    assertThat(harness.query("SELECT source_uri, state, attempt FROM import_videos ORDER BY 1"))
        .containsExactly(
            "s3://drive-data/b.mp4|UPLOADED|1", "s3://drive-data/corrupt.mp4|UPLOADING_FAILED|3");
    assertThat(harness.query("SELECT attempt, state FROM import_attempts ORDER BY 1"))
        .containsExactly("1|UPLOADING_FAILED", "2|UPLOADING_FAILED");
  }

  @Test
  void aSetThatLacksViewsIsToldInAStreamAndNeverSentAgain() throws Exception {
    options.failedViews = 100;
    ManifestEntry set =
        entry("front").toBuilder()
            .setViews(Map.of("front", uri("front"), "vehicle_view", uri("inside")))
            .build();
    plan(1, 9, events().addElements(set));
    send("--maxAttempts=9");
    plan(1, 9, events().addElements(set));
    send("--maxAttempts=9");

    assertThat(
            harness.query(
                "SELECT state, error_code, error_message LIKE '%vehicle_view%',"
                    + " video_ids ->> 'front' = video_id FROM import_videos"))
        .containsExactly("UPLOADED|VIEWS_FAILED|1|1");
    assertThat(harness.timesAccepted().values()).containsExactly(1);
  }

  @Test
  void aBatchThatWasWrittenAndNotSentIsLeftToTheLane() throws Exception {
    ImportBatch batch = written("earlier", "a", "b");
    store.recordJob(JobStatus.planned(batch, "earlier", Instant.EPOCH));

    plan(10, events().addElements(entry("a"), entry("c")));
    assertThat(requested()).containsExactly("1", "2");
    send();

    assertThat(
            harness.query(
                "SELECT state FROM import_jobs WHERE batch_id = '" + batch.getBatchId() + "'"))
        .containsExactly("COMPLETED");
    assertThat(harness.timesAccepted())
        .isEqualTo(Map.of("user/ " + uri("a"), 1, "user/ " + uri("b"), 1, "user/ " + uri("c"), 1));
  }

  /** An earlier version wrote rows first, and might be killed before it wrote their batch. */
  @Test
  void rowsOfABatchThatWasNeverWrittenArePlannedAnew() throws Exception {
    written("earlier", "a", "b");

    plan(10, events().addElements(entry("a"), entry("b")));
    send();

    assertThat(harness.timesAccepted().values()).hasSize(2).containsOnly(1);
    assertThat(harness.states()).containsExactly("UPLOADED|2");
  }

  @Test
  void aDrainedStreamPlansWhatWaitsAndTheNextRunSendsIt() throws Exception {
    plan(10, events().addElements(entry("a")));
    assertThat(harness.query("SELECT state, requested FROM import_jobs"))
        .containsExactly("PLANNED|1");
    assertThat(harness.query("SELECT COUNT(*) FROM import_arrivals")).containsExactly("1");

    assertThat(harness.importFrom(harness.write("none.txt", "s3://drive-data/b.mp4")).exitCode())
        .isEqualTo(ExitCode.OK);

    assertThat(harness.states()).containsExactly("UPLOADED|2");
    assertThat(harness.timesAccepted().values()).hasSize(2).containsOnly(1);
  }

  @Test
  void whatGoesWhereAnotherRunIsAtWorkWaitsThere() throws Exception {
    store
        .leases()
        .acquire(
            new LeaseClaim("user/trip", "other", HolderProcess.current(), Lease.Kind.STREAM),
            Duration.ofMinutes(2));
    plan(1, events().addElements(entry("a").toBuilder().setFolder("trip").build(), entry("b")));

    assertThat(harness.query("SELECT destination, state, batch_id IS NULL FROM import_videos"))
        .containsExactlyInAnyOrder("user/trip|PENDING|1", "user/|PENDING|0");
    assertThat(harness.query("SELECT destination, run_id FROM import_leases"))
        .containsExactly("user/trip|other");
  }

  private ImportBatch written(String runId, String... names) {
    ImportTarget target = ImportTarget.of(Provider.S3, "drive-data", null, null, "user", false);
    ImportBatch batch =
        ImportBatch.of(
            target,
            List.of(names).stream()
                .map(name -> ImportItem.of(uri(name), Map.of(), Map.of(), "m.txt", 1))
                .toList(),
            1);
    JobStatus job = JobStatus.planned(batch, runId, Instant.EPOCH);
    store.recordVideos(
        TrackedBatch.of(batch, job).rows(VideoState.PENDING, null, null, runId, Instant.EPOCH));
    return batch;
  }

  private List<String> requested() throws SQLException {
    return harness.query("SELECT requested FROM import_jobs ORDER BY requested");
  }

  private static TestStream.Builder<ManifestEntry> events() throws NoSuchSchemaException {
    return TestStream.create(SchemaRegistry.createDefault().getSchemaCoder(ManifestEntry.class));
  }

  private static String uri(String name) {
    return "s3://drive-data/" + name + ".mp4";
  }

  private static ManifestEntry entry(String name) {
    return ManifestEntry.builder()
        .setManifest("queue")
        .setLine(0)
        .setSourceUri(uri(name))
        .setScope("user")
        .build();
  }

  private static org.joda.time.Duration seconds(int seconds) {
    return org.joda.time.Duration.standardSeconds(seconds);
  }

  private void plan(int batchSize, TestStream.Builder<ManifestEntry> events) {
    plan(batchSize, 1, events);
  }

  /** Plans what comes in a run of its own, and drains it at its end. */
  private void plan(int batchSize, int maxAttempts, TestStream.Builder<ManifestEntry> events) {
    runs++;
    ImportSettings settings = settings();
    Clock clock = Clock.systemUTC();
    TestPipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    PCollectionTuple cut =
        pipeline
            .apply(events.advanceWatermarkToInfinity())
            .apply(
                ClaimEntries.in(
                    store,
                    new AcquireLease(settings, HolderProcess.current(), clock),
                    clock,
                    settings.runId(),
                    maxAttempts))
            .apply(
                CutBatches.of(
                    DataflowJob.unlimited(settings),
                    store,
                    clock,
                    settings.runId(),
                    batchSize,
                    DELAY));
    cut.get(CutBatches.BATCHES).apply(new WriteAhead(store, settings.runId(), clock));
    pipeline.run().waitUntilFinish();
    store.leases().release(settings.runId());
  }

  /** Lets a lane of the run carry out what is planned, and ends the run. */
  private void send(String... more) {
    ImportSettings settings = settings(more);
    new AcquireLease(settings, HolderProcess.current(), Clock.systemUTC()).acquire("user/");
    ImportSettings batch = ImportSettings.of(batchOptions(more), settings.runId());
    try (HeldLane lane =
        HeldLane.take(batch.lane(DataflowJob.unlimited(batch), Clock.systemUTC())).orElseThrow()) {
      lane.run(view -> {});
    }
    store.leases().release(settings.runId());
  }

  private ImportSettings settings(String... more) {
    ImportOptions options = batchOptions(more);
    options.setStreaming(true);
    return ImportSettings.of(options, "stream-" + runs);
  }

  private ImportOptions batchOptions(String... more) {
    return harness.options(
        Stream.concat(Stream.of("--manifest=none"), List.of(more).stream()).toArray(String[]::new));
  }
}
