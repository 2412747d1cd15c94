package com.nomadicml.beam.status;

import static com.nomadicml.beam.status.StatusRows.AT;
import static com.nomadicml.beam.status.StatusRows.full;
import static com.nomadicml.beam.status.StatusRows.job;
import static com.nomadicml.beam.status.StatusRows.planned;
import static com.nomadicml.beam.status.StatusRows.run;
import static com.nomadicml.beam.status.StatusRows.video;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nomadicml.beam.api.RequestBudget;
import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ImportItem;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.Provider;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.Wait;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What holds for every JDBC store. */
abstract class StatusStoreContract
    implements LeasesContract,
        LaneLeaseContract,
        AccountsContract,
        LedgerContract,
        RunNumbersContract {
  private static final LocalDate TODAY = RequestBudget.dayOf(AT);

  StatusStore store;

  /** The store of a fresh, empty database. */
  abstract StatusStore freshStore() throws Exception;

  @Override
  public StatusStore store() {
    return store;
  }

  @Override
  public List<Map<String, Object>> rows(StatusView view) {
    return new JdbcQuery(((JdbcStatusStore) store).database(), "SELECT * FROM " + view.name())
        .list(
            row -> {
              Map<String, Object> values = new HashMap<>();
              for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                values.put(row.getMetaData().getColumnName(i), row.getString(i));
              }
              return values;
            },
            List.of());
  }

  /** As the views of an earlier version. */
  @Test
  void aViewThatSaysSomethingElseIsMadeAnew() throws Exception {
    execute("DROP VIEW import_failures");
    execute("CREATE VIEW import_failures AS SELECT run_id FROM import_videos");
    store.recordVideos(
        List.of(video("user/a", "1").setErrorCode("A").inState(VideoState.MISSING, AT)));

    store.createTables();

    assertThat(rows(StatusView.FAILURES))
        .singleElement()
        .satisfies(row -> assertThat(row.get("items")).isEqualTo("1"));
  }

  @BeforeEach
  void createTables() throws Exception {
    store = freshStore();
    store.createTables();
  }

  @Test
  void keepsRowsOfTablesThatExist() {
    write(full("user/a", "gs://fleet/1.mp4"));

    store.createTables();

    assertThat(store.report().byState()).containsExactly(Map.entry(VideoState.UPLOADED, 1L));
  }

  @Test
  void itemsAreLookedUpByDestinationAndUri() {
    List<String> uris = new ArrayList<>();
    for (int i = 0; i < 1_200; i++) {
      uris.add("gs://fleet/" + i + ".mp4");
    }
    VideoStatus first = full("user/a", "gs://fleet/0.mp4");
    VideoStatus last = full("user/a", "gs://fleet/1199.mp4");
    write(
        first,
        last,
        full("user/b", "gs://fleet/0.mp4"),
        full("user/a", "gs://fleet/x'); DROP TABLE import_videos; --.mp4"));

    assertThat(store.videos("user/a", uris)).containsExactlyInAnyOrder(first, last);
    assertThat(store.videos("user/c", uris)).isEmpty();
    assertThat(store.videos("user/a", List.of())).isEmpty();
  }

  @Test
  void whateverIsStoredIsFoundAgainAsItWas() {
    List<VideoStatus> rows = new ArrayList<>();
    for (String text : AnyText.all()) {
      rows.add(
          full("user/" + text, "gs://fleet/" + text + ".mp4").toBuilder()
              .setLabels(Map.of(text, text))
              .build());
    }
    store.recordVideos(rows);

    for (VideoStatus row : rows) {
      assertThat(store.videos(row.getDestination(), List.of(row.getSourceUri())))
          .containsExactly(row);
    }
  }

  @Test
  void readsWhatIsNotUploaded() {
    VideoStatus pending = video("user/a", "1").inState(VideoState.PENDING, AT);
    VideoStatus missing = video("user/a", "2").inState(VideoState.MISSING, AT);
    write(
        pending,
        missing,
        full("user/a", "3"),
        video("user/a", "4").inState(VideoState.REJECTED, AT),
        video("user/b", "1").inState(VideoState.PENDING, AT));

    assertRead(store.readOpenVideos(), List.of("user/a"), List.of(pending, missing));
  }

  @Test
  void destinationsWithOpenItemsAreKnown() {
    write(
        full("user/done", "u"),
        video("user/open", "u").inState(VideoState.PENDING, AT),
        video("org/failed", "u").inState(VideoState.MISSING, AT));

    assertThat(store.openDestinations()).containsExactlyInAnyOrder("user/open", "org/failed");
  }

  @Test
  void aBatchIsLookedUpWithItsRows() {
    VideoStatus mine = full("user/a", "gs://fleet/1.mp4");
    VideoStatus other =
        full("user/a", "gs://fleet/2.mp4").toBuilder().setBatchId("batch-2").build();
    write(mine, other);
    store.recordJob(planned("batch-1", "a"));

    assertThat(store.videosOf("batch-1")).containsExactly(mine);
    assertThat(store.job("batch-1")).contains(planned("batch-1", "a"));
    assertThat(store.job("batch-2")).isEmpty();
  }

  @Test
  void tablesOfAnEarlierVersionAreReadAsTheyAre() throws Exception {
    VideoStatus row = full("user/a", "gs://fleet/1.mp4");
    write(row);
    store.recordRun(run("r1", AT, 1));

    dropLaterColumns();

    assertVideos(List.of("user/a"), asOfAnEarlierVersion(row));
    assertThat(store.lastRun()).contains(run("r1", AT, 1));
  }

  @Test
  void tablesOfAnEarlierVersionGetTheColumnsThatTheyLack() throws Exception {
    VideoStatus old = full("user/a", "gs://fleet/1.mp4");
    write(old);
    dropLaterColumns();

    store.createTables();
    store.createTables();

    VideoStatus fresh = full("user/a", "gs://fleet/2.mp4");
    write(fresh);
    assertVideos(List.of("user/a"), asOfAnEarlierVersion(old), fresh);
    RunStatus counted =
        run("r1", AT, 1).toBuilder()
            .setSkipped(3)
            .setExpanded(2)
            .setManifestPins("{\"files\":1}")
            .setHolder("here, process 1")
            .setProcess("here|1|1")
            .setAliveAt(AT.toEpochMilli())
            .setMaxAttempts(3L)
            .build();
    store.recordRun(counted);
    assertThat(store.lastRun()).contains(counted);
  }

  /** They are told item by item. */
  @Test
  void tablesOfAnEarlierVersionDoNotTellHowFarARunIs() throws Exception {
    assertThat(store.numbers()).isPresent();

    execute("DROP TABLE import_limits");

    assertThat(store.numbers()).isEmpty();
  }

  private static VideoStatus asOfAnEarlierVersion(VideoStatus row) {
    return row.toBuilder().setLabels(Map.of()).setVideoIds(Map.of()).setIntegrationId(null).build();
  }

  private void dropLaterColumns() throws Exception {
    execute("DROP VIEW import_progress");
    for (String column : List.of("labels", "video_ids", "integration_id")) {
      execute("ALTER TABLE import_videos DROP COLUMN " + column);
    }
    for (String column :
        List.of(
            "skipped",
            "expanded",
            "manifest_pins",
            "holder",
            "process",
            "alive_at",
            "max_attempts")) {
      execute("ALTER TABLE import_runs DROP COLUMN " + column);
    }
  }

  @Test
  void readsBackWhatWasWritten() {
    VideoStatus full = full("user/a", "gs://fleet/full.mp4");
    VideoStatus bare =
        video("user/a", "s3://b/bare")
            .setBatchId(null)
            .setProvider(null)
            .setBucket(null)
            .inState(VideoState.PENDING, AT);

    write(full, bare);

    assertVideos(List.of("user/a"), full, bare);
  }

  @Test
  void readsOnlyTheDestinationsAskedFor() {
    VideoStatus a = full("user/a", "gs://fleet/1.mp4");
    VideoStatus b = full("org/", "gs://fleet/1.mp4");
    write(a, b, full("user/c", "gs://fleet/1.mp4"));

    assertVideos(List.of("user/a", "org/", "user/a", "user/none"), a, b);
  }

  @Test
  void leavesRejectedLinesOutOfTheLedger() {
    write(video("user/a", "nonsense").inState(VideoState.REJECTED, AT));

    assertVideos(List.of("user/a"));
    assertThat(store.report().byState()).containsEntry(VideoState.REJECTED, 1L);
  }

  @Test
  void replacesAnOlderRow() {
    VideoStatus newer = full("user/a", "gs://fleet/1.mp4");
    write(video("user/a", "gs://fleet/1.mp4").inState(VideoState.PENDING, AT));

    write(newer);

    assertVideos(List.of("user/a"), newer);
  }

  @Test
  void neverReplacesANewerRow() {
    VideoStatus newer = full("user/a", "gs://fleet/1.mp4");
    write(newer);

    write(video("user/a", "gs://fleet/1.mp4").inState(VideoState.PENDING, AT.plusSeconds(60)));

    assertVideos(List.of("user/a"), newer);
  }

  @Test
  void keepsTheNewestOfManyWritesOfOneRowInABundle() {
    List<VideoStatus> writes = new ArrayList<>();
    for (int i = 0; i < 2_500; i++) {
      writes.add(
          video("user/a", "gs://fleet/" + i % 5)
              .setLine(i)
              .inState(VideoState.PENDING, AT.plusMillis(i)));
    }
    VideoStatus[] newest = writes.subList(2_495, 2_500).toArray(VideoStatus[]::new);
    Collections.shuffle(writes, new Random(1));

    write(writes.toArray(VideoStatus[]::new));

    assertVideos(List.of("user/a"), newest);
  }

  @Test
  void storesHostileText() {
    String uri = "gs://fleet/'); DROP TABLE import_videos; -- \"ü\" 日本 🚗 \\ % ?.mp4";
    VideoStatus hostile = full("user/Ünï 'quoted' ; 🚗", uri);

    write(hostile);

    assertVideos(List.of(hostile.getDestination()), hostile);
  }

  @Test
  void storesTextThatNoDatabaseHolds() {
    write(
        video("user/a", "gs://fleet/\u0000.mp4").inState(VideoState.PENDING, AT),
        video("user/a", "gs://fleet/\uFFFD.mp4").inState(VideoState.UPLOADED, AT));

    assertVideos(
        List.of("user/a"),
        video("user/a", "gs://fleet/\uFFFD.mp4").inState(VideoState.UPLOADED, AT));
  }

  @Test
  void storesALineThatIsTooLongForAnIndex() {
    // Random, for PostgreSQL would compress a repetition.
    String longText =
        new Random(1)
            .ints(3_000, 0x4E00, 0x9FFF)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();

    write(
        video("user/a", longText).inState(VideoState.REJECTED, AT),
        video("user/a", longText + "2").inState(VideoState.REJECTED, AT));

    assertThat(store.report().byState()).containsEntry(VideoState.REJECTED, 2L);
  }

  @Test
  void takesManyWritersAtOnce() {
    TestPipeline pipeline = pipeline();
    for (int writer = 0; writer < 6; writer++) {
      String prefix = "gs://fleet/" + writer % 3 + "/";
      List<VideoStatus> rows =
          IntStream.range(0, 1_500)
              .mapToObj(i -> video("user/a", prefix + i).inState(VideoState.PENDING, AT))
              .toList();
      pipeline.apply("Rows" + writer, Create.of(rows)).apply("Write" + writer, store.writeVideos());
    }
    pipeline.run().waitUntilFinish();

    assertThat(store.report().byState()).containsEntry(VideoState.PENDING, 4_500L);
  }

  @Test
  void outputIsCompleteOnlyWhenRowsAreWritten() {
    VideoStatus row = full("user/a", "gs://fleet/1.mp4");
    TestPipeline pipeline = pipeline();
    PCollection<Void> written =
        pipeline.apply("Rows", Create.of(row)).apply("Write", store.writeVideos());
    PCollection<VideoStatus> read =
        pipeline
            .apply("Destinations", Create.of("user/a"))
            .apply(Wait.on(written))
            .apply("Read", store.readVideos());
    PAssert.that(read).containsInAnyOrder(row);
    pipeline.run().waitUntilFinish();
  }

  @Test
  void readsJobsOfADestination() {
    JobStatus open = planned("b1", "a");
    JobStatus unknown =
        job("b2", "a")
            .setErrorMessage("reset")
            .setUnknownSubmits(1)
            .inState(JobState.SUBMIT_UNKNOWN, AT);
    JobStatus submitted =
        job("b3", null)
            .setImportJobId("j")
            .setFolderId("f")
            .setTotal(3)
            .setSubmittedAt(AT.toEpochMilli())
            .setTarget(ImportTarget.of(Provider.HF, "o/b", "int", null, "org", true))
            .inState(JobState.SUBMITTED, AT);
    JobStatus done = job("b4", "a").setCompletedAt(1L).inState(JobState.COMPLETED, AT);
    inPipeline(
        pipeline -> {
          pipeline
              .apply(Create.of(open, unknown, submitted, done, planned("b5", "other")))
              .apply(store.writeJobs());
        });

    assertRead(
        store.readJobs(), List.of("user/a", "org/"), List.of(open, unknown, submitted, done));
  }

  @Test
  void recordsAJobUnlessANewerOneIsThere() {
    JobStatus submitted = job("b1", "a").setImportJobId("j").inState(JobState.SUBMITTED, AT);
    store.recordJob(planned("b1", "a"));
    store.recordJob(submitted);
    store.recordJob(planned("b1", "a"));

    assertThat(store.report().getOpenJobs()).containsExactly(submitted);
  }

  @Test
  void recordsRowsUnlessNewerOnesAreThere() {
    VideoStatus uploaded = full("user/a", "gs://fleet/1.mp4");
    VideoStatus pending = video("user/a", "gs://fleet/2.mp4").inState(VideoState.PENDING, AT);
    store.recordVideos(List.of(uploaded, pending));
    store.recordVideos(
        List.of(video("user/a", "gs://fleet/1.mp4").inState(VideoState.PENDING, AT.plusMillis(1))));

    assertRead(store.readVideos(), List.of("user/a"), List.of(uploaded, pending));
  }

  @Test
  void plannedBatchesAreWrittenWithTheirRows() {
    List<TrackedBatch> batches = List.of(tracked("x", 700), tracked("y", 700), tracked("z", 3));

    inPipeline(
        pipeline ->
            PAssert.that(pipeline.apply(Create.of(batches)).apply(store.writePlanned()))
                .containsInAnyOrder(batches));

    List<VideoStatus> rows = new ArrayList<>();
    batches.forEach(batch -> rows.addAll(batch.plannedRows()));
    assertRead(store.readVideos(), List.of("user/a"), rows);
    assertRead(
        store.readJobs(), List.of("user/a"), batches.stream().map(TrackedBatch::getJob).toList());
  }

  @Test
  void aBatchThatWasTakenIsRecordedWithItsRows() {
    TrackedBatch planned = tracked("fleet", 3);
    ImportBatch batch = planned.getBatch();
    store.recordVideos(
        planned.rows(VideoState.PENDING, "NOT_SENT", "an earlier run says", "run-1", AT).stream()
            .map(row -> row.toBuilder().setVideoIds(Map.of("set", "of an attempt before")).build())
            .toList());
    VideoStatus uploaded =
        VideoStatus.of(batch, batch.getItems().get(2), "run-1").inState(VideoState.UPLOADED, AT);
    VideoStatus ofAnother = video("user/a", "gs://fleet/4.mp4").inState(VideoState.PENDING, AT);
    store.recordVideos(List.of(uploaded, ofAnother));
    JobStatus job =
        planned.getJob().toBuilder()
            .setImportJobId("ij'); DROP TABLE import_videos; --")
            .setSubmittedAt(AT.toEpochMilli())
            .inState(JobState.SUBMITTED, AT);
    TrackedBatch taken = TrackedBatch.of(batch, job);

    store.lane().taken(taken, "run-2", AT);

    List<VideoStatus> rows =
        new ArrayList<>(taken.rows(VideoState.SUBMITTED, null, null, "run-2", AT));
    rows.set(2, uploaded);
    rows.add(ofAnother);
    assertRead(store.readVideos(), List.of("user/a"), rows);
    assertThat(store.job(batch.getBatchId())).contains(job);
  }

  /** It names no job, only videos: a job without them could never be looked at. */
  @Test
  void anOlderAnswerIsRecordedWithItsVideosOrNotAtAll() throws Exception {
    TrackedBatch planned = tracked("fleet", 3);
    store.recordVideos(planned.plannedRows());
    store.recordJob(planned.getJob());
    JobStatus job =
        planned.getJob().toBuilder()
            .setSubmittedAt(AT.toEpochMilli())
            .inState(JobState.SUBMITTED, AT);
    TrackedBatch taken = TrackedBatch.of(planned.getBatch(), job, List.of("v1", "v2", "v3"));

    execute("ALTER TABLE import_videos RENAME COLUMN video_id TO gone");
    assertThatThrownBy(() -> store.lane().taken(taken, "run-1", AT))
        .isInstanceOf(StatusStoreException.class);
    execute("ALTER TABLE import_videos RENAME COLUMN gone TO video_id");
    assertThat(store.job(job.getBatchId())).contains(planned.getJob());

    store.lane().taken(taken, "run-1", AT);
    assertThat(store.job(job.getBatchId())).contains(job);
    assertThat(store.lane().rows(job.getBatchId()))
        .extracting(VideoStatus::getVideoId)
        .containsExactly("v1", "v2", "v3");
  }

  @Test
  void anIntentWhoseCommitWasNotAnsweredIsFoundWhenItIsTriedAgain() {
    TrackedBatch planned = tracked("fleet", 3);
    store.recordVideos(planned.plannedRows());
    store.recordJob(planned.getJob());
    store
        .leases()
        .acquire(
            new LeaseClaim("user/a", "run-1", HolderProcess.current(), Lease.Kind.BATCH),
            Duration.ofMinutes(2));
    JdbcDatabase database = ((JdbcStatusStore) store).database();
    JdbcIntent intent =
        new JdbcIntent(
            database,
            null,
            planned.getJob(),
            "run-1",
            1,
            AT,
            batch -> new LaneStore.Body("{}", "key"));
    JdbcIntent.Draft draft = new JdbcIntent.Draft(planned, new LaneStore.Body("{}", "key"));
    List<LaneStore.Fixed> written = new ArrayList<>();
    for (boolean isTriedAgain : List.of(false, true, false)) {
      new JdbcTransaction(database)
          .run(
              "write an intent",
              connection -> written.add(intent.write(connection, draft, isTriedAgain)));
    }

    assertThat(written.get(0)).isNotNull();
    assertThat(written.get(1).body()).isEqualTo(written.get(0).body());
    assertThat(written.get(1).sends()).isEqualTo(1);
    assertThat(written.get(2)).isNull();
  }

  @Test
  void aTargetIsTakenBackInStepsOfSomeBatches() {
    List<JobStatus> jobs = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      TrackedBatch planned = tracked("fleet-" + i, 1);
      store.recordVideos(planned.plannedRows());
      store.recordJob(planned.getJob());
      jobs.add(planned.getJob());
    }
    store
        .leases()
        .acquire(
            new LeaseClaim("user/a", "run-1", HolderProcess.current(), Lease.Kind.BATCH),
            Duration.ofMinutes(2));
    // It is not this run's, so the last step fails.
    jobs.add(planned("another's", "b"));

    assertThatThrownBy(() -> store.lane().unplan(jobs, "CANARY_FAILED", "stopped", "run-1", AT))
        .isInstanceOf(LeaseHeldException.class);
    assertThat(store.lane().unplanned("run-1", null, 0, 99)).hasSize(20);

    store.lane().unplan(jobs.subList(0, 25), "CANARY_FAILED", "stopped", "run-1", AT);
    assertThat(store.lane().unplanned("run-1", null, 0, 99)).hasSize(25);
  }

  @Test
  void whatWasTakenBackIsReadPageByPage() {
    List<VideoStatus> all =
        Stream.of("user/a 1", "user/a 2", "user/a 3", "user/b 1", "user/b 2")
            .map(key -> key.split(" "))
            .map(key -> video(key[0], key[1]).setBatchId(null).inState(VideoState.PENDING, AT))
            .toList();
    store.recordVideos(all);
    store.recordVideos(
        List.of(
            video("user/a", "4").inState(VideoState.PENDING, AT),
            video("user/a", "5").setBatchId(null).inState(VideoState.REFUSED, AT)));
    LaneStore lane = store.lane();

    assertThat(lane.unplanned("run-1", null, 0, 2)).isEqualTo(all.subList(0, 2));
    assertThat(lane.unplanned("run-1", all.get(1), 0, 2)).isEqualTo(all.subList(2, 4));
    assertThat(lane.unplanned("run-1", null, 3, 9)).isEqualTo(all.subList(3, 5));
    assertThat(lane.unplanned("run-1", all.get(4), 0, 9)).isEmpty();
    assertThat(lane.unplanned("run-2", null, 0, 9)).isEmpty();
  }

  @Test
  void theLastWriteOfARunWins() {
    RunStatus started = run("r1", AT, 0);
    store.recordRun(started);
    RunStatus finished =
        started.toBuilder()
            .setState(RunState.PAUSED)
            .setRequests(12)
            .setFinishedAt(AT.plusSeconds(5).toEpochMilli())
            .setOpen(4)
            .setUnknown(1)
            .build();
    store.recordRun(finished);

    assertThat(store.lastRun()).contains(finished);
  }

  @Test
  void findsTheRowOfARun() {
    store.recordRun(run("r1", AT, 1));
    store.recordRun(run("r2", AT.plusSeconds(1), 2));

    assertThat(store.run("r1")).contains(run("r1", AT, 1));
    assertThat(store.run("r3")).isEmpty();
  }

  @Test
  void knowsNoRunAtFirst() {
    assertThat(store.lastRun()).isEmpty();
    assertThat(store.requestsOn(TODAY)).isZero();
  }

  @Test
  void sumsTheRequestsOfADayWhenItsRunsHaveLastWritten() {
    store.recordRun(run("r1", AT.minusSeconds(86_400), 1));
    store.recordRun(run("r2", AT, 10));
    store.recordRun(run("r3", AT.plusSeconds(1), 100));
    RunStatus overMidnight = run("r4", AT.minusSeconds(80_000), 500);
    store.recordRun(
        overMidnight.toBuilder()
            .setRequests(700)
            .setQuotaDay(TODAY.toString())
            .setRequestsOnDay(200)
            .build());

    assertThat(store.requestsOn(TODAY)).isEqualTo(310);
    assertThat(store.lastRun().map(RunStatus::getRunId)).contains("r3");
  }

  @Test
  void reportCountsStatesErrorsAndFailuresByBucket() {
    write(
        video("user/a", "1").inState(VideoState.UPLOADED, AT),
        video("user/a", "2").setErrorCode("X").setAttempt(2).inState(VideoState.MISSING, AT),
        video("user/a", "3")
            .setErrorCode("X")
            .setErrorMessage("why")
            .setBucket("b")
            .inState(VideoState.MISSING, AT),
        video("user/b", "3")
            .setErrorCode("X")
            .setErrorMessage("why")
            .setBucket("b")
            .inState(VideoState.MISSING, AT),
        video("user/a", "4").setRunId("run-2").inState(VideoState.PENDING, AT));

    StatusReport report = store.report();
    assertThat(report.byState())
        .containsOnly(
            Map.entry(VideoState.UPLOADED, 1L),
            Map.entry(VideoState.MISSING, 3L),
            Map.entry(VideoState.PENDING, 1L));
    assertThat(report.byError())
        .first()
        .isEqualTo(Tally.of(null, null, VideoState.MISSING, "X", 3, 1));
    assertThat(report.failuresByBucket())
        .containsExactly(
            Tally.of("gcs", "b", VideoState.MISSING, "X", 2, 0),
            Tally.of("gcs", "fleet", VideoState.MISSING, "X", 1, 1));
    assertThat(report.getReasons())
        .containsExactlyInAnyOrder(
            Tally.of("gcs", "b", VideoState.MISSING, "X", "why", 2, 0),
            Tally.of("gcs", "fleet", VideoState.MISSING, "X", null, 1, 1));
    assertThat(report.triedAgain()).isEqualTo(1);
    assertThat(store.report("run-2").byState()).containsOnly(Map.entry(VideoState.PENDING, 1L));
  }

  private static TrackedBatch tracked(String bucket, int size) {
    ImportTarget target = ImportTarget.of(Provider.GCS, bucket, null, "a", "user", false);
    List<ImportItem> items = new ArrayList<>();
    for (int i = 1; i <= size; i++) {
      items.add(ImportItem.of("gs://" + bucket + "/" + i + ".mp4", Map.of(), "m.csv", i));
    }
    ImportBatch batch = ImportBatch.of(target, items, 2);
    return TrackedBatch.of(batch, JobStatus.planned(batch, "run-1", AT));
  }

  private void write(VideoStatus... rows) {
    inPipeline(pipeline -> pipeline.apply(Create.of(List.of(rows))).apply(store.writeVideos()));
  }

  private void assertVideos(List<String> destinations, VideoStatus... expected) {
    assertRead(store.readVideos(), destinations, List.of(expected));
  }

  private static <T> void assertRead(
      PTransform<PCollection<String>, PCollection<T>> read,
      List<String> destinations,
      List<T> expected) {
    inPipeline(
        pipeline -> {
          PCollection<T> rows =
              pipeline
                  .apply(Create.of(destinations).withType(TypeDescriptor.of(String.class)))
                  .apply(read);
          if (expected.isEmpty()) {
            PAssert.that(rows).empty();
          } else {
            PAssert.that(rows).containsInAnyOrder(expected);
          }
        });
  }

  private static void inPipeline(Consumer<TestPipeline> steps) {
    TestPipeline pipeline = pipeline();
    steps.accept(pipeline);
    pipeline.run().waitUntilFinish();
  }

  private static TestPipeline pipeline() {
    return TestPipeline.create().enableAbandonedNodeEnforcement(false);
  }
}
