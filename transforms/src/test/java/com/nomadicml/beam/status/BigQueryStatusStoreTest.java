package com.nomadicml.beam.status;

import static com.nomadicml.beam.status.StatusRows.AT;
import static com.nomadicml.beam.status.StatusRows.full;
import static com.nomadicml.beam.status.StatusRows.job;
import static com.nomadicml.beam.status.StatusRows.planned;
import static com.nomadicml.beam.status.StatusRows.run;
import static com.nomadicml.beam.status.StatusRows.video;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableRow;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import java.io.Serializable;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.apache.beam.sdk.io.gcp.testing.FakeBigQueryServices;
import org.apache.beam.sdk.io.gcp.testing.FakeDatasetService;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class BigQueryStatusStoreTest {
  private static final BigQueryTable<VideoStatus> VIDEOS =
      new BigQueryTable<>(VideoTable.VIDEOS, "project", "dataset");
  private static final GoogleSql GOOGLE_SQL = GoogleSql.of("project", "dataset");

  /**
   * Static, as Beam keeps append clients, and so the fake of an earlier test, for the whole JVM.
   */
  private static final AtomicBoolean REFUSING = new AtomicBoolean();

  private final FakeDatasetService datasets = new FakeDatasetService();
  private final List<String> asked = new ArrayList<>();
  private BigQueryStatusStore store;

  @BeforeEach
  void createTables() throws Exception {
    FakeDatasetService.setUp();
    REFUSING.set(false);
    datasets.setShouldFailRow((Function<TableRow, Boolean> & Serializable) row -> REFUSING.get());
    datasets.createDataset("project", "dataset", "", "", null);
    FakeBigQueryServices services = new FakeBigQueryServices().withDatasetService(datasets);
    store =
        new BigQueryStatusStore(
            "project",
            "dataset",
            services,
            this::answer,
            BigQueryRetry.of("project.dataset", Duration.ZERO));
    store.createTables();
  }

  @Test
  void parsesItsName() {
    assertThat(StatusStore.at("bigquery:my-project.status").describe())
        .isEqualTo("bigquery:my-project.status");
    assertThat(StatusStore.at("bigquery:example.com:my-project.status").describe())
        .isEqualTo("bigquery:example.com:my-project.status");
  }

  @Test
  void createsTablesWithKeysOnlyWhereAbsent() throws Exception {
    store.recordRun(run("r1", AT, 1));

    store.createTables();

    assertThat(rows("import_runs")).hasSize(1);
    assertThat(
            datasets
                .getTable(VIDEOS.reference())
                .getTableConstraints()
                .getPrimaryKey()
                .getColumns())
        .containsExactly("destination", "source_uri");
  }

  @Test
  void tablesOfAnEarlierVersionGetTheColumnsThatTheyLack() throws Exception {
    assertThat(asked).isEmpty();
    Table older = VIDEOS.definition();
    List<TableFieldSchema> fields = new ArrayList<>(older.getSchema().getFields());
    List<String> later = List.of("labels", "video_ids", "integration_id");
    fields.removeIf(field -> later.contains(field.getName()));
    older.getSchema().setFields(fields);
    datasets.deleteTable(VIDEOS.reference());
    datasets.createTable(older);

    store.createTables();

    assertThat(asked)
        .containsExactly(
            "ALTER TABLE `project.dataset.import_videos` ADD COLUMN IF NOT EXISTS labels STRING{}",
            "ALTER TABLE `project.dataset.import_videos`"
                + " ADD COLUMN IF NOT EXISTS video_ids STRING{}",
            "ALTER TABLE `project.dataset.import_videos`"
                + " ADD COLUMN IF NOT EXISTS integration_id STRING{}");
  }

  @Test
  void writesOneRowAKeyAndTheNewestWhateverTheOrder() throws Exception {
    List<VideoStatus> writes = new ArrayList<>();
    for (int attempt = 1; attempt <= 2; attempt++) {
      for (VideoState state : VideoState.values()) {
        writes.add(
            video("user/a", "gs://fleet/1.mp4")
                .setAttempt(attempt)
                .inState(state, AT.plusMillis(state.rank())));
      }
    }
    writes.add(video("user/a", "gs://fleet/1.mp4").setAttempt(3).inState(VideoState.PENDING, AT));
    Collections.shuffle(writes, new Random(1));

    write(writes);

    assertThat(rows("import_videos"))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.get("state")).isEqualTo("PENDING");
              assertThat(row.get("attempt").toString()).isEqualTo("3");
            });
  }

  @Test
  void anOlderWriteOfALaterRunChangesNothing() throws Exception {
    write(List.of(full("user/a", "u")));
    write(List.of(video("user/a", "u").inState(VideoState.PENDING, AT.plusSeconds(60))));

    assertThat(rows("import_videos"))
        .singleElement()
        .satisfies(row -> assertThat(row.get("state")).isEqualTo("UPLOADED"));
  }

  @Test
  void failsWhenBigQueryRefusesARow() throws Exception {
    REFUSING.set(true);

    assertThatThrownBy(() -> write(List.of(full("user/a", "u"))))
        .hasStackTraceContaining("BigQuery took 0 of 1 rows");
    assertThatThrownBy(() -> store.recordJob(planned("b", "a")))
        .isInstanceOf(StatusStoreException.class);
    assertThat(rows("import_videos")).isEmpty();
  }

  @Test
  void whateverIsStoredIsFoundAgainAsItWas() throws Exception {
    List<String> texts = AnyText.all();
    write(texts.stream().map(text -> full("user/" + text, text)).toList());

    assertThat(rows("import_videos"))
        .extracting(row -> row.get("destination"))
        .containsExactlyInAnyOrderElementsOf(texts.stream().map("user/"::concat).toList());
    assertThat(rows("import_videos"))
        .extracting(row -> row.get("source_uri"))
        .containsExactlyInAnyOrderElementsOf(texts);
  }

  @Test
  void recordsAJobUnlessANewerOneIsThere() throws Exception {
    store.recordJob(planned("b1", "a"));
    store.recordJob(job("b1", "a").setImportJobId("j").inState(JobState.SUBMITTED, AT));
    store.recordJob(planned("b1", "a"));

    assertThat(rows("import_jobs"))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.get("state")).isEqualTo("SUBMITTED");
              assertThat(row.get("import_job_id")).isEqualTo("j");
            });
  }

  @Test
  void theEndOfARunWins() throws Exception {
    RunStatus started = run("r1", AT, 0);
    store.recordRun(started);
    store.recordRun(started.toBuilder().setState(RunState.COMPLETED).setRequests(5).build());

    assertThat(rows("import_runs"))
        .singleElement()
        .satisfies(row -> assertThat(row.get("state")).isEqualTo("COMPLETED"));
  }

  @Test
  void changeSequencesCompareAsText() {
    VideoStatus low = video("a", "u").inState(VideoState.PENDING, AT);
    VideoStatus high = video("a", "u").setAttempt(1_000).inState(VideoState.UPLOADED, AT);

    assertThat(VIDEOS.changeSequence(low)).hasSize(16).isLessThan(VIDEOS.changeSequence(high));
  }

  @Test
  void readsJobsBackFromTheTextOfTheRestApi() {
    JobStatus open = job("b", "a").setTotal(3).setSubmittedAt(5L).inState(JobState.SUBMITTED, AT);
    BigQueryTable<JobStatus> jobs = new BigQueryTable<>(JobTable.JOBS, "project", "dataset");
    TableRow row = jobs.toRow(open);
    row.replaceAll((column, value) -> value.toString());
    row.set("planned_at", String.valueOf(open.getPlannedAt())).set("submitted_at", "5");

    assertThat(jobs.fromRow(row)).isEqualTo(open);
  }

  @Test
  void reportsFromQueriesWithBoundParameters() {
    StatusReport report = store.report("run'1");

    assertThat(report.byState()).containsExactly(Map.entry(VideoState.MISSING, 4L));
    assertThat(report.triedAgain()).isEqualTo(1);
    assertThat(report.getOpenJobs()).isEmpty();
    assertThat(asked).allMatch(sql -> sql.endsWith("{run_id=run'1}"));
    assertThat(asked).noneMatch(sql -> sql.contains("'run'1"));
    assertThat(store.requestsOn(LocalDate.parse("2026-11-24"))).isEqualTo(12);
  }

  @Test
  void looksItemsAndBatchesUpWithBoundParameters() {
    assertThat(store.videos("user/a", List.of("gs://a/it's.mp4", "gs://a/2.mp4"))).isEmpty();
    assertThat(store.videosOf("batch'1")).isEmpty();
    assertThat(store.job("batch'1")).isEmpty();
    assertThat(store.openDestinations()).isEmpty();

    assertThat(asked).hasSize(4);
    assertThat(asked.get(0)).contains("[\"gs://a/it's.mp4\",\"gs://a/2.mp4\"]");
    assertThat(asked.get(1)).endsWith("WHERE batch_id = @batch_id{batch_id=batch'1}");
  }

  private List<Map<String, Object>> answer(
      String project, String sql, Map<String, String> parameters) {
    GOOGLE_SQL.check(sql, parameters.keySet());
    asked.add(sql + parameters);
    if (sql.contains("tried_again")) {
      return List.of(Map.of("state", "MISSING", "items", "4", "tried_again", "1"));
    }
    return sql.contains("SUM(requests_on_day)") ? List.of(Map.of("requests", "12")) : List.of();
  }

  private void write(List<VideoStatus> rows) {
    TestPipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    PCollection<Void> written = pipeline.apply(Create.of(rows)).apply(store.writeVideos());
    PAssert.that(written).empty();
    pipeline.run().waitUntilFinish();
  }

  private List<TableRow> rows(String table) throws Exception {
    return datasets.getAllRows("project", "dataset", table);
  }
}
