package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.api.ApiKeySource;
import com.nomadicml.beam.api.HeldBackException;
import com.nomadicml.beam.api.NomadicApi;
import com.nomadicml.beam.api.NomadicApiFactory;
import com.nomadicml.beam.api.Sleeper;
import com.nomadicml.beam.api.SubmitRequest;
import com.nomadicml.beam.emulator.EmulatorOptions;
import com.nomadicml.beam.imports.HttpApiFactory;
import com.nomadicml.beam.imports.JobReader;
import com.nomadicml.beam.imports.OnUnknownSubmit;
import com.nomadicml.beam.imports.RequestQuota;
import com.nomadicml.beam.imports.SettleImports;
import com.nomadicml.beam.imports.StreamImports;
import com.nomadicml.beam.imports.StreamSettings;
import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ImportItem;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.Provider;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.status.StatusStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.sdk.schemas.NoSuchSchemaException;
import org.apache.beam.sdk.schemas.SchemaRegistry;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a stream does with items and time, on the direct runner by a clock that the test sets. */
class StreamImportsTest {
  private static final Duration DELAY = Duration.ofSeconds(30);
  private static final org.joda.time.Duration TICK = org.joda.time.Duration.standardSeconds(2);

  @TempDir private Path directory;
  private final EmulatorOptions options = ImportHarness.fast();
  private ImportHarness harness;
  private StatusStore store;

  @BeforeEach
  void start() {
    harness = ImportHarness.start(directory, options);
    store = StatusStore.at(harness.statusTable());
    store.createTables();
    FullQuota.grants.set(0);
    FullQuota.refusals.set(0);
    FullQuota.heldBack.set(0);
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  @Test
  void anItemWaitsForOthersNoLongerThanTheDelay() throws Exception {
    run(
        10,
        1,
        events()
            .addElements(entry("a"))
            .advanceProcessingTime(seconds(20))
            .addElements(entry("b"))
            .advanceProcessingTime(seconds(11))
            .advanceProcessingTime(seconds(60))
            .addElements(entry("c"))
            .advanceProcessingTime(seconds(31)));

    assertThat(requested()).containsExactly("1", "2");
  }

  @Test
  void aFullBatchDoesNotWait() throws Exception {
    run(
        2,
        1,
        read(
            events()
                .addElements(entry("a"), entry("b"))
                .advanceProcessingTime(seconds(1))
                .addElements(entry("c"))
                .advanceProcessingTime(seconds(31))));

    assertThat(requested()).containsExactly("1", "2");
    assertThat(harness.states()).containsExactly("UPLOADED|3");
  }

  @Test
  void batchesGrowWhileTheQuotaHasNoRoom() throws Exception {
    FullQuota.refusals.set(1);
    run(
        2,
        1,
        events()
            .addElements(entry("a"), entry("b"))
            .advanceProcessingTime(seconds(1))
            .addElements(entry("c"), entry("d"), entry("e"))
            .advanceProcessingTime(seconds(61)));

    // What was refused at two items goes out with what came meanwhile, in full batches.
    assertThat(requested()).containsExactly("1", "2", "2");
    assertThat(FullQuota.refusals.get()).isNegative();
  }

  @Test
  void aBacklogIsSentAsTheQuotaHasRoom() throws Exception {
    FullQuota.grants.set(1);
    FullQuota.refusals.set(2);
    run(
        2,
        1,
        read(
            events()
                .addElements(entry("a"), entry("b"), entry("c"), entry("d"), entry("e"))
                .advanceProcessingTime(seconds(1))
                .advanceProcessingTime(seconds(61))));

    // The first batch found room, the others did a minute later; all long before the drain.
    assertThat(requested()).containsExactly("1", "2", "2");
    assertThat(harness.query("SELECT DISTINCT substr(submitted_at, 1, 16) FROM import_jobs"))
        .hasSize(2);
    assertThat(harness.states()).containsExactly("UPLOADED|5");
    assertThat(harness.timesAccepted().values()).hasSize(5).containsOnly(1);
    assertThat(FullQuota.refusals.get()).isNegative();
  }

  @Test
  void whatIsHeldBackIsSentAgainWithinTheStream() throws Exception {
    FullQuota.heldBack.set(3);
    run(
        1,
        1,
        read(read(events().addElements(entry(FullQuota.BUSY)).advanceProcessingTime(seconds(1)))));

    assertThat(harness.states()).containsExactly("UPLOADED|1");
    assertThat(harness.timesAccepted().values()).containsExactly(1);
    assertThat(harness.query("SELECT unknown_submits FROM import_jobs")).containsExactly("0");
    assertThat(FullQuota.heldBack.get()).isNegative();
  }

  @Test
  void aBatchThatIsAlwaysHeldBackKeepsNoOtherFromBeingSent() throws Exception {
    FullQuota.heldBack.set(Integer.MAX_VALUE);
    run(
        1,
        1,
        read(
            events()
                .addElements(entry(FullQuota.BUSY))
                .advanceProcessingTime(seconds(1))
                .addElements(entry("x"), entry("y"))
                .advanceProcessingTime(seconds(1))));

    assertThat(harness.states()).containsExactly("PENDING|1", "UPLOADED|2");
    // Five times soon, then each half minute.
    assertThat(Integer.MAX_VALUE - FullQuota.heldBack.get()).isBetween(6, 30);
  }

  @Test
  void aRedeliveredMessageImportsNothingTwice() throws Exception {
    run(
        10,
        1,
        read(
            events()
                .addElements(entry("a"), entry("a"))
                .advanceProcessingTime(seconds(31))
                .addElements(entry("a"))
                .advanceProcessingTime(seconds(31))));

    assertThat(harness.timesAccepted()).containsExactly(Map.entry("user/ " + uri("a"), 1));
    assertThat(harness.states()).containsExactly("UPLOADED|1");
  }

  @Test
  void failedItemsAreTriedAgainWithinTheStream() throws Exception {
    TestStream.Builder<ManifestEntry> events = events().addElements(entry("corrupt"), entry("b"));
    for (int i = 0; i < 100; i++) {
      events = events.advanceProcessingTime(TICK);
    }

    run(10, 3, events);

    assertThat(harness.query("SELECT source_uri, state, attempt FROM import_videos ORDER BY 1"))
        .containsExactly(
            "s3://drive-data/b.mp4|UPLOADED|1", "s3://drive-data/corrupt.mp4|UPLOADING_FAILED|3");
  }

  @Test
  void aSetThatLacksViewsIsToldInAStreamAndNeverSentAgain() throws Exception {
    options.failedViews = 100;
    ManifestEntry set =
        entry("front").toBuilder()
            .setViews(Map.of("front", uri("front"), "vehicle_view", uri("inside")))
            .build();
    run(
        1,
        9,
        read(
            events()
                .addElements(set)
                .advanceProcessingTime(seconds(31))
                .addElements(set)
                .advanceProcessingTime(seconds(31))));

    assertThat(
            harness.query(
                "SELECT state, error_code, error_message LIKE '%vehicle_view%',"
                    + " video_ids ->> 'front' = video_id FROM import_videos"))
        .containsExactly("UPLOADED|VIEWS_FAILED|1|1");
    assertThat(harness.timesAccepted().values()).containsExactly(1);
  }

  @Test
  void aBatchThatWasWrittenAndNotSentIsSentWithItsKey() throws Exception {
    ImportTarget target = ImportTarget.of(Provider.S3, "drive-data", null, null, "user", false);
    ImportBatch batch =
        ImportBatch.of(
            target,
            List.of("a", "b").stream()
                .map(name -> ImportItem.of(uri(name), Map.of(), Map.of(), "m.txt", 1))
                .toList(),
            1);
    JobStatus job = JobStatus.planned(batch, "earlier", Instant.EPOCH);
    store.recordVideos(
        TrackedBatch.of(batch, job).rows(VideoState.PENDING, null, null, "earlier", Instant.EPOCH));
    store.recordJob(job);

    run(10, 1, events().addElements(entry("a"), entry("c")).advanceProcessingTime(seconds(31)));

    assertThat(harness.query("SELECT batch_id FROM import_jobs WHERE requested = 2"))
        .containsExactly(batch.getBatchId());
    assertThat(harness.timesAccepted())
        .isEqualTo(Map.of("user/ " + uri("a"), 1, "user/ " + uri("b"), 1, "user/ " + uri("c"), 1));
  }

  @Test
  void aDrainedStreamSendsWhatWaits() throws Exception {
    run(10, 1, events().addElements(entry("a")));

    assertThat(harness.timesAccepted()).containsExactly(Map.entry("user/ " + uri("a"), 1));
    assertThat(harness.states()).containsExactly("SUBMITTED|1");
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

  /** Time goes on until the jobs are read. */
  private static TestStream.Builder<ManifestEntry> read(TestStream.Builder<ManifestEntry> events) {
    TestStream.Builder<ManifestEntry> later = events;
    for (int i = 0; i < 5; i++) {
      later = later.advanceProcessingTime(TICK);
    }
    return later;
  }

  private static org.joda.time.Duration seconds(int seconds) {
    return org.joda.time.Duration.standardSeconds(seconds);
  }

  /** Runs the stream, and drains it at its end. */
  private void run(int batchSize, int maxAttempts, TestStream.Builder<ManifestEntry> events) {
    String runId = UUID.randomUUID().toString();
    Clock clock = Clock.systemUTC();
    StreamSettings settings =
        new StreamSettings(
            1,
            batchSize,
            DELAY,
            maxAttempts,
            Duration.ofHours(6),
            JobReader.USUAL_PAGE_SIZE,
            OnUnknownSubmit.RESEND);
    TestPipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    PCollectionTuple sent =
        pipeline
            .apply(events.advanceWatermarkToInfinity())
            .apply(
                StreamImports.through(
                    new FullQuota(api(runId)), new StoreLedger(store), clock, runId, settings));
    PCollectionTuple settled =
        PCollectionTuple.of(SettleImports.SUBMITTED, sent.get(StreamImports.SUBMITTED))
            .and(SettleImports.PAGES, sent.get(StreamImports.PAGES))
            .apply(SettleImports.of(clock, runId));
    PCollectionList.of(sent.get(StreamImports.ROWS))
        .and(settled.get(SettleImports.ROWS))
        .apply(Flatten.pCollections())
        .apply("WriteVideos", store.writeVideos());
    settled.get(SettleImports.JOBS).apply("WriteJobs", store.writeJobs());
    pipeline.run().waitUntilFinish();
  }

  private HttpApiFactory api(String runId) {
    return new HttpApiFactory(
        runId,
        harness.url(),
        ApiKeySource.parse("file:" + harness.keyFile()),
        "videos",
        RequestQuota.unlimited(),
        day -> 0,
        Clock.systemUTC(),
        Sleeper.real());
  }

  /** After so many grants, says so often that the next request has to wait for a minute. */
  private record FullQuota(NomadicApiFactory api) implements NomadicApiFactory {
    /** Static, as a pipeline works with copies of what it is given. */
    private static final AtomicInteger grants = new AtomicInteger();

    private static final AtomicInteger refusals = new AtomicInteger();

    /** How often requests with an item of such a name are held back, as if the API was busy. */
    private static final AtomicInteger heldBack = new AtomicInteger();

    private static final String BUSY = "busy";

    @Override
    public NomadicApi open(int lane, Duration longestWait) {
      NomadicApi real = api.open(lane, longestWait);
      return (NomadicApi)
          Proxy.newProxyInstance(
              NomadicApi.class.getClassLoader(),
              new Class<?>[] {NomadicApi.class},
              (proxy, method, arguments) -> call(real, method, arguments));
    }

    private static Object call(NomadicApi real, Method method, Object[] arguments)
        throws Throwable {
      boolean busy =
          arguments != null
              && arguments[0] instanceof SubmitRequest request
              && request.keys().toString().contains(BUSY);
      if (busy && heldBack.getAndDecrement() > 0) {
        throw new HeldBackException(503, Duration.ofSeconds(20), "busy");
      }
      try {
        return method.invoke(real, arguments);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }

    @Override
    public Instant nextRequestAt(int lane, Instant now) {
      boolean granted = grants.getAndDecrement() > 0 || refusals.getAndDecrement() <= 0;
      return granted ? now : now.plusSeconds(60);
    }

    @Override
    public void stop(String reason) {
      api.stop(reason);
    }

    @Override
    public Optional<String> stopReason() {
      return api.stopReason();
    }
  }
}
