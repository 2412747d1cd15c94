package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nomadicml.beam.manifest.ManifestException;
import com.nomadicml.beam.model.Rejection;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.status.LeaseHeldException;
import com.nomadicml.beam.status.StatusStore;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The import as a step of somebody's pipeline, with no launcher beside it. */
class ImportVideosTest {
  private static final Schema SCHEMA =
      Schema.builder()
          .addNullableField("uri", FieldType.STRING)
          .addNullableField("front", FieldType.STRING)
          .addNullableField("left", FieldType.STRING)
          .addNullableField("Folder", FieldType.STRING)
          .addNullableField("vehicle", FieldType.INT64)
          .addNullableField("more", FieldType.map(FieldType.STRING, FieldType.STRING))
          .build();

  private static final List<Row> ROWS =
      List.of(
          row("s3://drive-data/a.mp4", null, null, null, 7L),
          row("gs://fleet-recordings/b.mp4", null, null, "Night drives", null),
          row(null, "s3://drive-data/front.mp4", "s3://drive-data/left.mp4", null, null),
          row("s3://drive-data/a.mp4", null, null, null, 8L),
          row("nonsense", null, null, null, null));

  private static final String[] UPLOADED = {
    "user/ s3://drive-data/a.mp4 UPLOADED {vehicle=7}",
    "user/ s3://drive-data/front.mp4 UPLOADED {}",
    "user/Night drives gs://fleet-recordings/b.mp4 UPLOADED {}"
  };

  @TempDir private Path directory;

  @Test
  void rowsComeOutAsOutcomesAndRejections() throws SQLException {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      importRows(harness, ROWS.subList(0, 3), UPLOADED);

      assertThat(harness.states()).containsExactly("UPLOADED|3");
      assertThat(harness.query("SELECT state, uploaded, rejected FROM import_runs"))
          .containsExactly("COMPLETED|3|0");
      assertThat(harness.query("SELECT DISTINCT manifest, line FROM import_videos"))
          .containsExactly("rows|0");
      assertThat(harness.query("SELECT COUNT(*) FROM import_leases")).containsExactly("0");
    }
  }

  @Test
  void whatIsDoneYieldsItsOutcomeAgainAndIsNotSentAgain() throws SQLException {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      importRows(harness, ROWS.subList(0, 3), UPLOADED);
      importRows(harness, ROWS.subList(0, 3), UPLOADED);

      assertThat(harness.timesAccepted().values()).containsOnly(1);
      assertThat(harness.query("SELECT DISTINCT state FROM import_runs"))
          .containsExactly("COMPLETED");
    }
  }

  @Test
  void aRowThatCannotBeSentIsARejectionAndARowOfTheTable() throws SQLException {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Pipeline pipeline = Pipeline.create();
      PCollectionTuple imported = imported(pipeline, harness, ROWS.subList(4, 5));
      PAssert.that(texts(imported.get(ImportVideos.OUTCOMES), VideoStatus::getSourceUri)).empty();
      PAssert.that(
              texts(
                  imported.get(ImportVideos.REJECTIONS),
                  row -> row.getCode() + " " + row.getText()))
          .containsInAnyOrder("NOT_A_URI {\"uri\":\"nonsense\",\"more\":{\"weather\":\"rain\"}}");
      pipeline.run().waitUntilFinish();

      assertThat(harness.states()).containsExactly("REJECTED|1");
    }
  }

  @Test
  void ofTwoRowsOfOneItemOneIsImported() throws SQLException {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Pipeline pipeline = Pipeline.create();
      PCollectionTuple imported = imported(pipeline, harness, List.of(ROWS.get(0), ROWS.get(3)));
      PAssert.that(texts(imported.get(ImportVideos.OUTCOMES), VideoStatus::getSourceUri))
          .containsInAnyOrder("s3://drive-data/a.mp4");
      pipeline.run().waitUntilFinish();

      assertThat(harness.timesAccepted().values()).containsOnly(1);
    }
  }

  @Test
  void aLeaseThatLapsesIsRenewedWhileThePlanIsMade() throws SQLException {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      StatusStore.at(harness.statusTable()).createTables();
      harness.execute(
          "CREATE TRIGGER lapse AFTER INSERT ON import_leases BEGIN UPDATE import_leases"
              + " SET expires_at = '2001-01-01T00:00:00.000Z'; END");
      harness.execute("CREATE TABLE seen (expires_at TEXT)");
      harness.execute(
          "CREATE TRIGGER look AFTER INSERT ON import_jobs"
              + " BEGIN INSERT INTO seen SELECT expires_at FROM import_leases; END");

      importRows(harness, ROWS.subList(0, 1), UPLOADED[0]);

      assertThat(harness.query("SELECT expires_at > '2002' FROM seen")).containsExactly("1");
    }
  }

  @Test
  void aRunWhoseLeaseAnotherTakesSendsNothing() throws SQLException {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      StatusStore.at(harness.statusTable()).createTables();
      harness.execute(
          "CREATE TRIGGER take AFTER INSERT ON import_jobs"
              + " BEGIN UPDATE import_leases SET run_id = 'other'; END");

      assertThatThrownBy(() -> importRows(harness, ROWS.subList(0, 1), UPLOADED[0]))
          .hasCauseInstanceOf(LeaseHeldException.class)
          .hasMessageContaining("has lost its lease");

      assertThat(harness.timesAccepted()).isEmpty();
      assertThat(harness.query("SELECT run_id FROM import_leases")).containsExactly("other");
    }
  }

  @Test
  void rowsWithNoFieldForAUriAreRefusedWhenThePipelineIsBuilt() {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Schema schema = Schema.builder().addStringField("name").build();
      PCollection<Row> rows =
          Pipeline.create()
              .apply(Create.of(Row.withSchema(schema).addValue("a").build()).withRowSchema(schema));
      assertThatThrownBy(() -> rows.apply(ImportVideos.with(harness.options())))
          .isInstanceOf(ManifestException.class)
          .hasMessageContaining("the input rows: no column holds the URI")
          .hasMessageContaining("found name");
    }
  }

  @Test
  void aFieldThatIsAskedForAndNotThereIsRefusedWhenThePipelineIsBuilt() {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      PCollection<Row> rows = Pipeline.create().apply(Create.of(ROWS).withRowSchema(SCHEMA));
      assertThatThrownBy(() -> rows.apply(ImportVideos.with(harness.options("--label=truck"))))
          .isInstanceOf(ManifestException.class)
          .hasMessageContaining("--label=truck")
          .hasMessageContaining("there are folder, front, left, more, uri, vehicle");
    }
  }

  @Test
  void rowsWithoutAnEndAreRefused() {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      PCollection<Row> rows =
          Pipeline.create()
              .apply(Create.of(ROWS).withRowSchema(SCHEMA))
              .setIsBoundedInternal(IsBounded.UNBOUNDED);
      assertThatThrownBy(() -> rows.apply(ImportVideos.with(harness.options())))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("have no end");
    }
  }

  private static void importRows(ImportHarness harness, List<Row> rows, String... expected) {
    Pipeline pipeline = Pipeline.create();
    PCollectionTuple imported = imported(pipeline, harness, rows);
    PAssert.that(texts(imported.get(ImportVideos.OUTCOMES), ImportVideosTest::text))
        .containsInAnyOrder(expected);
    PAssert.that(texts(imported.get(ImportVideos.REJECTIONS), Rejection::getText)).empty();
    pipeline.run().waitUntilFinish();
  }

  private static PCollectionTuple imported(
      Pipeline pipeline, ImportHarness harness, List<Row> rows) {
    return pipeline
        .apply(Create.of(rows).withRowSchema(SCHEMA))
        .apply(ImportVideos.with(harness.options("--label=vehicle")));
  }

  private static String text(VideoStatus row) {
    Map<String, String> labels = row.getLabels();
    return row.getDestination() + " " + row.getSourceUri() + " " + row.getState() + " " + labels;
  }

  private static <T> PCollection<String> texts(
      PCollection<T> rows, SerializableFunction<T, String> text) {
    return rows.apply(MapElements.into(TypeDescriptors.strings()).via(text));
  }

  private static Row row(String uri, String front, String left, String folder, Long vehicle) {
    return Row.withSchema(SCHEMA)
        .addValues(uri, front, left, folder, vehicle, Map.of("weather", "rain"))
        .build();
  }
}
