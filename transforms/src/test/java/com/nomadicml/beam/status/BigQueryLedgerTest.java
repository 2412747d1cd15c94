package com.nomadicml.beam.status;

import static com.nomadicml.beam.status.StatusRows.AT;
import static com.nomadicml.beam.status.StatusRows.full;
import static com.nomadicml.beam.status.StatusRows.job;
import static com.nomadicml.beam.status.StatusRows.video;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.api.services.bigquery.model.JobConfigurationQuery;
import com.google.api.services.bigquery.model.JobReference;
import com.google.api.services.bigquery.model.JobStatistics;
import com.google.api.services.bigquery.model.JobStatistics2;
import com.google.api.services.bigquery.model.Table;
import com.nomadicml.beam.manifest.FakeStorage;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryOptions;
import org.apache.beam.sdk.io.gcp.testing.FakeBigQueryServices;
import org.apache.beam.sdk.io.gcp.testing.FakeDatasetService;
import org.apache.beam.sdk.io.gcp.testing.FakeJobService;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.StreamingOptions;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The ledger as a run reads it from BigQuery: by a query, through the storage API. */
class BigQueryLedgerTest {
  /** Static, as jobs are started on copies of the services. */
  private static final List<String> QUERIES = new CopyOnWriteArrayList<>();

  private final FakeDatasetService datasets = new FakeDatasetService();

  @BeforeEach
  void start() throws Exception {
    QUERIES.clear();
    FakeDatasetService.setUp();
    FakeJobService.setUp();
    datasets.createDataset("project", "dataset", "", "", null);
  }

  @Test
  void readsTheItemsOfTheWantedDestinations() throws Exception {
    VideoStatus done = full("user/a", "gs://fleet/1.mp4");
    VideoStatus open = video("user/a", "gs://fleet/2.mp4").inState(VideoState.PENDING, AT);
    VideoStatus other = full("user/b", "gs://fleet/3.mp4");
    BigQueryTable<VideoStatus> table = table(VideoTable.VIDEOS);

    assertRead(store(table, List.of(done, open, other)).readVideos(), List.of(done, open));

    assertThat(QUERIES).allSatisfy(sql -> assertThat(sql).endsWith("WHERE state <> 'REJECTED'"));
  }

  @Test
  void readsTheJobsOfTheWantedDestinations() throws Exception {
    JobStatus open =
        job("b1", "a")
            .setImportJobId("ij_1")
            .setTotal(3)
            .setSubmittedAt(AT.toEpochMilli())
            .inState(JobState.SUBMITTED, AT);
    JobStatus other = job("b2", "b").inState(JobState.PLANNED, AT);

    assertRead(store(table(JobTable.JOBS), List.of(open, other)).readJobs(), List.of(open));
  }

  @Test
  void aStreamReadsThoseThatAreNotUploaded() throws Exception {
    VideoStatus open = video("user/a", "gs://fleet/2.mp4").inState(VideoState.PENDING, AT);
    VideoStatus other = full("user/b", "gs://fleet/3.mp4");

    assertRead(
        true,
        store(table(VideoTable.VIDEOS), List.of(open, other)).readOpenVideos(),
        List.of(open));

    assertThat(QUERIES)
        .allSatisfy(sql -> assertThat(sql).endsWith("WHERE state NOT IN ('UPLOADED', 'REJECTED')"));
  }

  @Test
  void readsATableWithoutRows() throws Exception {
    assertRead(store(table(VideoTable.VIDEOS), List.of()).readVideos(), List.of());
  }

  @Test
  void aStreamReadsATableWithoutRows() throws Exception {
    assertRead(true, store(table(VideoTable.VIDEOS), List.of()).readOpenVideos(), List.of());
  }

  private static <T> BigQueryTable<T> table(StatusTable<T> table) {
    return new BigQueryTable<>(table, "project", "dataset");
  }

  private <T> BigQueryStatusStore store(BigQueryTable<T> table, List<T> rows) throws IOException {
    datasets.createTable(table.definition());
    FakeBigQueryServices services =
        new FakeBigQueryServices()
            .withDatasetService(datasets)
            .withJobService(new AnyQuery(table.definition()))
            .withStorageClient(
                FakeStorage.of(schema(table))
                    .withQueryResult(rows.stream().map(row -> record(table, row)).toList()));
    return new BigQueryStatusStore(
        "project",
        "dataset",
        services,
        (project, sql, parameters) -> {
          throw new AssertionError("only the pipeline reads the ledger");
        },
        BigQueryRetry.of("project.dataset", Duration.ZERO));
  }

  private static <T> void assertRead(
      PTransform<PCollection<String>, PCollection<T>> read, List<T> expected) {
    assertRead(false, read, expected);
  }

  private static <T> void assertRead(
      boolean isStreaming, PTransform<PCollection<String>, PCollection<T>> read, List<T> expected) {
    BigQueryOptions options = PipelineOptionsFactory.as(BigQueryOptions.class);
    options.as(StreamingOptions.class).setStreaming(isStreaming);
    options.setProject("project");
    TestPipeline pipeline = TestPipeline.fromOptions(options).enableAbandonedNodeEnforcement(false);
    PAssert.that(pipeline.apply(Create.of("user/a", "user/a")).apply(read))
        .containsInAnyOrder(expected);
    pipeline.run().waitUntilFinish();

    assertThat(QUERIES).isNotEmpty();
    QUERIES.forEach(sql -> GoogleSql.of("project", "dataset").check(sql, List.of()));
  }

  /** Takes any query, and keeps its text; what it yields comes through the storage API. */
  private static final class AnyQuery extends FakeJobService {
    private static final long serialVersionUID = 1L;

    private final String definition;

    AnyQuery(Table result) throws IOException {
      definition = FakeBigQueryServices.encodeQueryResult(result.setNumBytes(1L));
    }

    @Override
    public void startQueryJob(JobReference job, JobConfigurationQuery query) {
      QUERIES.add(query.getQuery());
      super.startQueryJob(job, query.clone().setQuery(definition));
    }

    @Override
    public JobStatistics dryRunQuery(String project, JobConfigurationQuery query, String location) {
      return new JobStatistics()
          .setQuery(new JobStatistics2().setTotalBytesProcessed(1L).setReferencedTables(List.of()));
    }
  }

  private static Schema schema(BigQueryTable<?> table) {
    SchemaBuilder.FieldAssembler<Schema> fields = SchemaBuilder.record("row").fields();
    for (Column<?> column : table.table().columns()) {
      fields =
          switch (column.type()) {
            case KEY, TEXT -> fields.optionalString(column.name());
            // The query yields times as numbers.
            case LONG, TIMESTAMP -> fields.optionalLong(column.name());
            case BOOLEAN -> fields.optionalBoolean(column.name());
          };
    }
    return fields.endRecord();
  }

  private static <T> GenericRecord record(BigQueryTable<T> table, T row) {
    GenericRecord record = new GenericData.Record(schema(table));
    table.table().columns().forEach(column -> record.put(column.name(), column.valueIn(row)));
    return record;
  }
}
