package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.emulator.EmulatorOptions;
import com.nomadicml.beam.imports.lane.PollImports;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.pipeline.ImportHarness.Outcome;
import com.nomadicml.beam.status.LaneLease;
import com.nomadicml.beam.status.LaneStore;
import com.nomadicml.beam.status.StatusStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lane of a run behind the transform that drives it on an engine. */
class PollImportsTest {
  private static final String RUN = "run-1";

  @TempDir private Path directory;

  private final EmulatorOptions emulator = ImportHarness.fast();
  private final ExecutorService pool = Executors.newFixedThreadPool(2);
  private ImportHarness harness;

  @BeforeEach
  void start() {
    harness = ImportHarness.start(directory, emulator);
  }

  @AfterEach
  void stop() {
    pool.shutdownNow();
    harness.close();
  }

  /** On Flink in batch mode, too, where nothing behind a grouping starts before all ahead of it. */
  @Test
  void aSlowBucketHoldsNoOtherUp() throws Exception {
    emulator.slowBucket = "slow-data";
    emulator.slowBy = Duration.ofSeconds(20);
    Path manifest = manifest("s3://slow-data/", "s3://fast-data/");

    Future<Outcome> run = pool.submit(() -> harness.importFrom(manifest, "--batchSize=20"));
    harness.await(run, "SUBMITTED|20", "UPLOADED|20");

    assertThat(run.get(3, TimeUnit.MINUTES).exitCode()).isEqualTo(ExitCode.OK);
    assertThat(harness.states()).containsExactly("UPLOADED|40");
    assertThat(harness.timesAccepted().values()).hasSize(40).containsOnly(1);
  }

  @Test
  void yieldsWhatBecameOfEachItem() throws Exception {
    emulator.failedRows = 30;
    ImportSettings settings =
        planned(manifest("s3://drive-data/", "s3://denied-bucket/"), "--batchSize=5");

    Pipeline pipeline = Pipeline.create(options());
    PCollection<String> outcomes = outcomes(pipeline, settings);
    PAssert.that(outcomes.apply(Count.perElement()))
        .satisfies(
            counts -> {
              assertThat(counts)
                  .contains(KV.of("PENDING", 15L))
                  .extracting(KV::getKey)
                  .containsExactlyInAnyOrder("PENDING", "UPLOADED", "UPLOADING_FAILED");
              return null;
            });
    pipeline.run().waitUntilFinish();
    assertThat(harness.query("SELECT COUNT(*) FROM import_videos WHERE state = 'PENDING'"))
        .containsExactly("15");
  }

  @Test
  void aBundleThatIsStartedTwiceAtOnceSendsOnce() throws Exception {
    emulator.processWithin = Duration.ofSeconds(2);
    ImportSettings settings =
        planned(manifest("s3://drive-data/"), "--batchSize=5", "--canary=false");

    List<Future<?>> bundles =
        Stream.<Runnable>of(() -> poll(settings), () -> poll(settings))
            .<Future<?>>map(pool::submit)
            .toList();
    for (Future<?> bundle : bundles) {
      bundle.get(2, TimeUnit.MINUTES);
    }

    assertThat(harness.timesAccepted().values()).hasSize(20).containsOnly(1);
    assertThat(harness.query("SELECT epoch, ending FROM import_lanes")).containsExactly("1|DONE");
  }

  @Test
  void whatAnotherProcessDrivesIsYieldedHere() throws Exception {
    ImportSettings settings = planned(manifest("s3://drive-data/"));
    StatusStore store = settings.store();
    store.lane().lease().take(RUN, "elsewhere|1|1", Duration.ofMinutes(2));

    Future<?> bundle = pool.submit(() -> poll(settings));
    store.lane().lease().release(RUN, 1);
    bundle.get(2, TimeUnit.MINUTES);

    assertThat(harness.states()).containsExactly("UPLOADED|20");
    assertThat(harness.query("SELECT epoch, ending FROM import_lanes")).containsExactly("2|DONE");
  }

  /** More of them than an engine takes at once. */
  @Test
  void whatWasTakenBackIsYieldedOnceSliceBySlice() {
    ImportSettings settings =
        ImportSettings.of(harness.options("--manifest=none", "--blockOnRun=true"), RUN);
    StatusStore store = settings.store();
    store.createTables();
    store.recordVideos(
        IntStream.range(0, 3_500)
            .mapToObj(
                i ->
                    VideoStatus.builder()
                        .setDestination("user/")
                        .setSourceUri("s3://drive-data/" + i + ".mp4")
                        .setManifest("m")
                        .setLine(i)
                        .setRunId(RUN)
                        .setAttempt(1)
                        .inState(VideoState.PENDING, Instant.EPOCH))
            .toList());
    store.lane().lease().take(RUN, "elsewhere|1|1", Duration.ofMinutes(2));
    store.lane().lease().end(RUN, 1, new LaneLease.End("DONE", ""));

    Pipeline pipeline = Pipeline.create(options());
    PAssert.that(rows(pipeline, settings).apply("Uri", uris()).apply(Count.perElement()))
        .satisfies(
            counts -> {
              assertThat(counts).hasSize(3_500).extracting(KV::getValue).containsOnly(1L);
              return null;
            });
    pipeline.run().waitUntilFinish();
  }

  /** What groups by time behind a stream gets its groups, as the watermark moves. */
  @Test
  void theWatermarkOfAStreamMoves() throws Exception {
    // Of its own, as its lane lives on for a while.
    ImportSettings planned = plannedBy("run-for-ever", manifest("s3://drive-data/"));
    ImportOptions options = harness.options("--manifest=none", "--streaming", "--blockOnRun=false");
    ImportSettings settings = ImportSettings.of(options, planned.runId());
    Grouped.GROUPED.set(0);

    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply(
            PollImports.forEver(settings.lane(DataflowJob.unlimited(settings), Clock.systemUTC())))
        .apply(Window.into(FixedWindows.of(org.joda.time.Duration.standardSeconds(1))))
        .apply(Combine.globally(Count.<VideoStatus>combineFn()).withoutDefaults())
        .apply(ParDo.of(new Grouped()));
    PipelineResult result = pipeline.run();
    while (Grouped.GROUPED.get() < 20 && !result.getState().isTerminal()) {
      result.waitUntilFinish(org.joda.time.Duration.millis(200));
    }
    result.cancel();

    assertThat(Grouped.GROUPED.get()).isEqualTo(20);
    assertThat(harness.states()).containsExactly("UPLOADED|20");
  }

  /** Counts what has come in a group. */
  private static final class Grouped extends DoFn<Long, Void> {
    private static final long serialVersionUID = 1L;

    /** Static, as a pipeline works with copies of what it is given. */
    private static final AtomicLong GROUPED = new AtomicLong();

    @ProcessElement
    public void count(@Element Long items) {
      GROUPED.addAndGet(items);
    }
  }

  private static MapElements<VideoStatus, String> uris() {
    return MapElements.into(TypeDescriptors.strings()).via(VideoStatus::getSourceUri);
  }

  /** As an engine does that loses a worker, and what it has planned with it. */
  @Test
  void theSumHoldsWhenAllIsPlannedAgainOnceTheLaneHasBegun() throws Exception {
    Path manifest = manifest("s3://drive-data/", "s3://denied-bucket/");
    ImportSettings settings = planned(manifest, "--batchSize=5");
    Pipeline pipeline = Pipeline.create(options());
    outcomes(pipeline, settings);
    pipeline.run().waitUntilFinish();

    planned(manifest, "--batchSize=5");

    LaneStore lane = settings.store().lane();
    Conservation sum = Conservation.of(LaneResult.of(lane, RUN, new Counters(Map.of())).counters());
    assertThat(sum.holds()).isTrue();
    assertThat(sum.alreadyDone()).isZero();
    assertThat(sum.uploaded()).isEqualTo(20);
    assertThat(harness.timesAccepted().values()).containsOnly(1);
  }

  /** Twenty items of each bucket. */
  private Path manifest(String... buckets) {
    return harness.write(
        "m.txt",
        Stream.of(buckets)
            .flatMap(bucket -> IntStream.range(0, 20).mapToObj(i -> bucket + i + ".mp4"))
            .toArray(String[]::new));
  }

  /** A run that is planned, and not sent. */
  private ImportSettings planned(Path manifest, String... more) {
    return plannedBy(RUN, manifest, more);
  }

  private ImportSettings plannedBy(String runId, Path manifest, String... more) {
    ImportOptions options =
        harness.options(
            Stream.concat(Stream.of("--manifest=" + manifest, "--blockOnRun=true"), Stream.of(more))
                .toArray(String[]::new));
    ImportSettings settings = ImportSettings.of(options, runId);
    settings.store().createTables();
    Pipeline pipeline = Pipeline.create(options);
    pipeline.apply(
        "Plan", new PlanAhead(settings, DataflowJob.unlimited(settings), Clock.systemUTC()));
    pipeline.run().waitUntilFinish();
    return settings;
  }

  private ImportOptions options() {
    return harness.options("--manifest=none", "--blockOnRun=true");
  }

  private void poll(ImportSettings settings) {
    Pipeline pipeline = Pipeline.create(options());
    PAssert.that(outcomes(pipeline, settings).apply(Count.perElement()))
        .containsInAnyOrder(KV.of("UPLOADED", 20L));
    pipeline.run().waitUntilFinish();
  }

  private static PCollection<String> outcomes(Pipeline pipeline, ImportSettings settings) {
    return rows(pipeline, settings)
        .apply(
            "State",
            MapElements.into(TypeDescriptors.strings())
                .via((VideoStatus row) -> row.getState().name()));
  }

  private static PCollection<VideoStatus> rows(Pipeline pipeline, ImportSettings settings) {
    PCollection<Integer> planned = pipeline.apply("Planned", Create.of(1));
    return pipeline.apply(
        PollImports.after(
            settings.lane(DataflowJob.unlimited(settings), Clock.systemUTC()), planned));
  }
}
