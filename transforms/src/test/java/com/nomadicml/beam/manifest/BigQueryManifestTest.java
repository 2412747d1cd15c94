package com.nomadicml.beam.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.api.services.bigquery.model.JobStatistics;
import com.google.api.services.bigquery.model.JobStatistics2;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableReference;
import com.google.api.services.bigquery.model.TableRow;
import com.google.api.services.bigquery.model.TableSchema;
import com.nomadicml.beam.model.ManifestEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryOptions;
import org.apache.beam.sdk.io.gcp.testing.FakeBigQueryServices;
import org.apache.beam.sdk.io.gcp.testing.FakeDatasetService;
import org.apache.beam.sdk.io.gcp.testing.FakeJobService;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.TestPipeline;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Manifests that are tables or queries of BigQuery, read through its storage API. */
class BigQueryManifestTest {
  private static final String TABLE = "bigquery:fleet-project.drives.videos";
  private static final Schema SCHEMA =
      SchemaBuilder.record("row")
          .fields()
          .optionalString("uri")
          .optionalString("Vehicle")
          .optionalLong("drive")
          .endRecord();

  private final FakeDatasetService datasets = new FakeDatasetService();
  private final FakeJobService jobs = new FakeJobService();
  private final FakeStorage storage = FakeStorage.of(SCHEMA);
  private final FakeBigQueryServices services =
      new FakeBigQueryServices()
          .withDatasetService(datasets)
          .withJobService(jobs)
          .withStorageClient(storage);

  @BeforeEach
  void start() throws Exception {
    FakeDatasetService.setUp();
    FakeJobService.setUp();
    datasets.createDataset("fleet-project", "drives", "", "", null);
  }

  @Test
  void readsTheRowsOfATable() throws Exception {
    List<GenericRecord> rows = new ArrayList<>();
    HostileKeys.KEYS.forEach(key -> rows.add(row("s3://fleet/" + key, "truck", 7L)));
    create("videos", rows);

    ReadLines lines = read(ReadManifests.from(TABLE));

    assertThat(lines.places())
        .containsExactlyInAnyOrderElementsOf(
            HostileKeys.KEYS.stream().map(key -> "0 s3://fleet/" + key).toList());
    assertThat(lines.entries())
        .allSatisfy(entry -> assertThat(entry.getManifest()).isEqualTo(TABLE));
    assertThat(lines.counters())
        .containsEntry(ManifestMetrics.LINES_READ, (long) HostileKeys.KEYS.size());
  }

  @Test
  void columnsAreFieldsAsInOtherFormats() throws Exception {
    create("videos", List.of(row("s3://a/1.mp4", "truck 7", 12L), row("s3://a/2.mp4", null, null)));

    ReadLines lines = read(ReadManifests.from(TABLE).withLabels(List.of("vehicle", "drive")));

    assertThat(lines.entries())
        .extracting(ManifestEntry::getLabels)
        .containsExactlyInAnyOrder(Map.of("vehicle", "truck 7", "drive", "12"), Map.of());
  }

  @Test
  void aBadRowIsRejectedWithWhatItHolds() throws Exception {
    create("videos", List.of(row("s3://a/1.txt", null, 3L), row(null, "truck", null)));

    ReadLines lines = read(ReadManifests.from(TABLE));

    assertThat(lines.entries()).isEmpty();
    assertThat(lines.rejections())
        .extracting(rejection -> rejection.getCode() + " " + rejection.getText())
        .containsExactlyInAnyOrder(
            "NOT_MP4 {\"uri\":\"s3://a/1.txt\",\"drive\":\"3\"}",
            "NOT_A_URI {\"vehicle\":\"truck\"}");
    assertThat(lines.counters()).containsEntry(ManifestMetrics.REJECTED_LINES, 2L);
  }

  @Test
  void aTableWithoutAColumnForTheUriIsNamed() throws Exception {
    create("videos", List.of(row("s3://a/1.mp4", null, null)));
    assertThatThrownBy(() -> read(ReadManifests.from(TABLE).withUriField("clip")))
        .hasStackTraceContaining(TABLE + ": no column holds the URI: looked for clip")
        .hasStackTraceContaining("found uri, vehicle, drive; name one with --uriField");
  }

  @Test
  void aTableThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> read(ReadManifests.from(TABLE)))
        .isInstanceOf(ManifestException.class)
        .hasMessage(
            TABLE + ": BigQuery knows no such table, or shows it to other credentials only");
  }

  @Test
  void aQueryThatBigQueryRefusesSaysWhy() {
    assertThatThrownBy(() -> read(ReadManifests.fromQuery("SELECT nonsense")))
        .isInstanceOf(ManifestException.class)
        .hasMessageStartingWith("bigquery:query: BigQuery refuses the query: ");
  }

  @Test
  void filesAndTablesAreReadTogether(@TempDir Path directory) throws Exception {
    create("videos", List.of(row("s3://a/table.mp4", null, null)));
    Path file = Files.writeString(directory.resolve("m.txt"), "s3://a/file.mp4\n");
    assertThat(read(ReadManifests.from(file + ", " + TABLE)).uris())
        .containsExactlyInAnyOrder("s3://a/file.mp4", "s3://a/table.mp4");
  }

  @Test
  void sinceTakesAnOlderTable() throws Exception {
    create("old", List.of(row("s3://a/1.mp4", null, null)));
    create("videos", List.of(row("s3://a/1.mp4", null, null), row("s3://a/2.mp4", null, null)));

    ReadLines lines =
        read(ReadManifests.from(TABLE).withSince("bigquery:fleet-project.drives.old"));

    assertThat(lines.uris()).containsExactly("s3://a/2.mp4");
    assertThat(lines.counters()).containsEntry(SkipReason.UNCHANGED.metric(), 1L);
  }

  @Test
  void readsWhatAQueryYields() throws Exception {
    Table result = create("result", List.of(row("s3://a/1.mp4", null, null)));
    TableRow row = new TableRow().set("uri", "s3://a/1.mp4");
    String query = FakeBigQueryServices.encodeQueryResult(result, List.of(row));
    jobs.expectDryRunQuery(
        "fleet-project",
        query,
        new JobStatistics()
            .setQuery(
                new JobStatistics2()
                    .setTotalBytesProcessed(9L)
                    .setReferencedTables(List.of(result.getTableReference()))));

    storage.withQueryResult(List.of(row("s3://a/1.mp4", null, null)));

    ReadLines lines = read(ReadManifests.fromQuery(query));

    assertThat(lines.places()).containsExactly("0 s3://a/1.mp4");
    assertThat(lines.entries().get(0).getManifest()).isEqualTo("bigquery:query");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bigquery:",
        "bigquery:videos",
        "bigquery:drives.videos",
        "bigquery:p.d.a.b",
        "bigquery:p.d.",
        "bigquery:p.d.*"
      })
  void whatNamesNoTableIsRefused(String path) {
    assertThatThrownBy(() -> ReadManifests.from(path))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(path, "bigquery:PROJECT.DATASET.TABLE");
  }

  @Test
  void aProjectMayBelongToADomain() {
    TableReference reference = BigQueryManifest.table("bigquery:a.com:p.d.t-1").reference();
    assertThat(reference.getProjectId()).isEqualTo("a.com:p");
    assertThat(reference.getTableId()).isEqualTo("t-1");
  }

  @Test
  void pinsTellWhatTheTableIs() throws Exception {
    Table table = create("videos", List.of());
    table.setNumBytes(42L).setEtag("e1").setLastModifiedTime(java.math.BigInteger.valueOf(5_000));
    assertThat(ManifestPins.of(TABLE, PipelineOptionsFactory.create(), services))
        .isEqualTo(
            "{\"files\":1,\"bytes\":42,\"first\":[{\"path\":\""
                + TABLE
                + "\",\"bytes\":42,\"modified\":\"1970-01-01T00:00:05Z\",\"checksum\":\"e1\"}]}");
    assertThat(ManifestPins.of(TABLE + "2", PipelineOptionsFactory.create(), services)).isNull();
    assertThat(ManifestPins.of(ReadManifests.QUERY, PipelineOptionsFactory.create(), services))
        .isNull();
  }

  private static GenericRecord row(String uri, String vehicle, Long drive) {
    return new GenericRecordBuilder(SCHEMA)
        .set("uri", uri)
        .set("Vehicle", vehicle)
        .set("drive", drive)
        .build();
  }

  /** The table as BigQuery keeps it, its rows to be had through the storage API. */
  private Table create(String name, List<GenericRecord> rows) throws Exception {
    TableSchema schema =
        new TableSchema()
            .setFields(
                List.of(
                    new TableFieldSchema().setName("uri").setType("STRING"),
                    new TableFieldSchema().setName("Vehicle").setType("STRING"),
                    new TableFieldSchema().setName("drive").setType("INTEGER")));
    Table table =
        new Table()
            .setTableReference(
                new TableReference()
                    .setProjectId("fleet-project")
                    .setDatasetId("drives")
                    .setTableId(name))
            .setNumBytes(9L)
            .setSchema(schema);
    datasets.createTable(table);
    storage.with("fleet-project", "drives", name, rows);
    return datasets.getTable(table.getTableReference());
  }

  private ReadLines read(ReadManifests read) {
    BigQueryOptions options = PipelineOptionsFactory.as(BigQueryOptions.class);
    options.setProject("fleet-project");
    return ReadLines.of(
        TestPipeline.fromOptions(options).enableAbandonedNodeEnforcement(false),
        read.withBigQuery(services));
  }
}
