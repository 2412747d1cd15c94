package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nomadicml.beam.api.Sleeper;
import com.nomadicml.beam.emulator.EmulatorOptions;
import com.nomadicml.beam.imports.HttpApiFactory;
import com.nomadicml.beam.imports.RequestQuota;
import com.nomadicml.beam.status.RunStatus;
import com.nomadicml.beam.status.StatusStore;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job with no launcher beside it, on the direct runner. */
class EndRunTest {
  private static final String COUNTS =
      "SELECT state, rejected, uploaded, failed, missing, refused, unknown, open, stopped"
          + " FROM import_runs";

  @TempDir private Path directory;

  @Test
  void theRowOfALaunchedRunEndsAsThatOfARunThatIsWatched() throws SQLException {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Path manifest =
          harness.write(
              "m.txt",
              "s3://drive-data/a.mp4",
              "s3://drive-data/b.mp4",
              "no uri",
              "s3://denied-bucket/c.mp4");
      launched(harness, manifest);

      List<String> row = harness.query(COUNTS);
      assertThat(row).containsExactly("COMPLETED_WITH_FAILURES|1|2|1|0|0|0|0|0");
      assertThat(row).isEqualTo(watched(manifest));
    }
  }

  @Test
  void aSetThatLacksViewsIsAFailureOfTheRun() throws SQLException {
    EmulatorOptions options = ImportHarness.fast();
    options.failedViews = 100;
    try (ImportHarness harness = ImportHarness.start(directory, options)) {
      launched(
          harness,
          harness.write("m.csv", "front,left", "s3://drive-data/f.mp4,s3://drive-data/l.mp4"));

      assertThat(harness.query(COUNTS)).containsExactly("COMPLETED_WITH_FAILURES|0|1|0|0|0|0|0|0");
    }
  }

  @Test
  void allUploadedIsCompletedAndTheLeaseGivenBack() throws SQLException {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      launched(harness, harness.write("m.txt", "s3://drive-data/a.mp4"));

      assertThat(harness.query(COUNTS)).containsExactly("COMPLETED|0|1|0|0|0|0|0|0");
      assertThat(harness.query("SELECT finished_at >= started_at, requests > 0 FROM import_runs"))
          .containsExactly("1|1");
      assertThat(harness.query("SELECT requests = requests_on_day FROM import_runs"))
          .containsExactly("1");
      assertThat(harness.query("SELECT COUNT(*) FROM import_leases")).containsExactly("0");
    }
  }

  @Test
  void aTargetThatIsStoppedByItsCanaryStopsTheRun() throws SQLException {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Path manifest = harness.write("m.txt", items("s3://denied-bucket/", 60));
      launched(harness, manifest, "--batchSize=30");

      assertThat(harness.query(COUNTS)).containsExactly("STOPPED|0|0|20|0|0|0|0|40");
    }
  }

  @Test
  void aSpentQuotaPausesTheRun() throws SQLException {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Path manifest = harness.write("m.txt", items("s3://drive-data/", 30));
      launched(harness, manifest, "--batchSize=10", "--canary=false", "--requestsPerDay=2");

      assertThat(harness.query("SELECT state, open > 0 FROM import_runs"))
          .containsExactly("PAUSED|1");
    }
  }

  @Test
  void aRunWhoseLeaseAnotherTakesSendsNothing() throws SQLException {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Path manifest = harness.write("m.txt", "s3://drive-data/a.mp4");
      StatusStore.at(harness.statusTable()).createTables();
      harness.execute(
          "CREATE TRIGGER take AFTER INSERT ON import_jobs"
              + " BEGIN UPDATE import_leases SET run_id = 'other'; END");

      assertThatThrownBy(() -> launched(harness, manifest))
          .hasStackTraceContaining("has lost its lease");

      assertThat(harness.timesAccepted()).isEmpty();
      assertThat(harness.query("SELECT state FROM import_runs")).containsExactly("RUNNING");
    }
  }

  /** What the launcher does, but on the direct runner and to the end. */
  private static void launched(ImportHarness harness, Path manifest, String... more) {
    ImportOptions options =
        harness.options(
            Stream.concat(Stream.of("--manifest=" + manifest, "--blockOnRun=true"), Stream.of(more))
                .toArray(String[]::new));
    ImportSettings settings = ImportSettings.of(options, "launched-" + manifest);
    Clock clock = Clock.systemUTC();
    HttpApiFactory api =
        new HttpApiFactory(
            settings.runId(),
            settings.apiUrl(),
            settings.apiKey(),
            settings.collection(),
            new RequestQuota(
                0,
                settings.requestsPerDay(),
                Duration.ofMinutes(15),
                LocalDate.now(ZoneOffset.UTC),
                0),
            settings.store()::requestsOn,
            clock,
            Sleeper.real());
    RunStatus started =
        RunStatus.started(settings.runId(), settings.manifest(), "", clock.instant());
    settings.store().createTables();
    settings.store().recordRun(started);

    Pipeline pipeline = Pipeline.create(options);
    PCollection<?> written =
        pipeline.apply("Import", new ImportPipeline(settings, api, clock).unwatched());
    pipeline
        .apply("Run", Create.of(started))
        .apply("EndRun", new EndRun(written, settings.store(), api, clock));
    pipeline.run().waitUntilFinish();
  }

  /** The counts of the command's own run of the same manifest. */
  private List<String> watched(Path manifest) throws SQLException {
    try (ImportHarness harness =
        ImportHarness.start(directory, ImportHarness.fast())
            .withStatusTable("jdbc:sqlite:" + directory.resolve("watched.db"))) {
      harness.importFrom(manifest);
      return harness.query(COUNTS);
    }
  }

  private static String[] items(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i + ".mp4").toArray(String[]::new);
  }
}
