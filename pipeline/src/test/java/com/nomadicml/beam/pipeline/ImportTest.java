package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.emulator.EmulatorOptions;
import com.nomadicml.beam.pipeline.ImportHarness.Outcome;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole imports, from the command line to the tables. */
class ImportTest {
  private static final Path EXAMPLES = Path.of("..", "examples");

  @TempDir private Path directory;

  @Test
  void everyUriOfTheExampleHasOneRow() throws SQLException {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Outcome outcome = harness.importFrom(EXAMPLES.resolve("fleet.csv"));

      assertThat(outcome.err()).isEmpty();
      assertThat(outcome.exitCode()).isEqualTo(ExitCode.SOME_NOT_UPLOADED);
      assertThat(outcome.out()).contains("20 accounted for: the sum holds");
      assertThat(harness.states())
          .containsExactly("REJECTED|2", "UPLOADED|16", "UPLOADING_FAILED|1");
      assertThat(
              harness.query(
                  "SELECT destination, source_uri, error_code, error_message FROM import_videos"
                      + " WHERE state = 'UPLOADING_FAILED'"))
          .containsExactly(
              "user/depot-north|gs://fleet-recordings/2026-11-23/truck-02/corrupt-091733.mp4"
                  + "|IMPORT_FAILED|The file is not a readable video");
      assertThat(
              harness.query(
                  "SELECT line, error_code FROM import_videos WHERE state = 'REJECTED'"
                      + " ORDER BY line"))
          .containsExactly("8|NOT_MP4", "11|WILDCARD");
      assertThat(
              harness.query(
                  "SELECT state, lines_read, rejected, duplicate, uploaded, failed, requests"
                      + " FROM import_runs"))
          .containsExactly("COMPLETED_WITH_FAILURES|20|2|1|16|1|" + harness.stats().requests());
    }
  }

  @Test
  void aSecondRunLeavesAloneWhatIsUploaded() throws SQLException {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      harness.importFrom(EXAMPLES.resolve("fleet.csv"));
      int jobs = harness.stats().jobs();

      Outcome again = harness.importFrom(EXAMPLES.resolve("fleet.csv"), "--batchSize=2");

      assertThat(again.exitCode()).isEqualTo(ExitCode.SOME_NOT_UPLOADED);
      assertThat(again.out()).contains("16 already done");
      assertThat(harness.stats().jobs()).isEqualTo(jobs);
      assertThat(harness.stats().acceptedTwice()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "fleet.txt, 0, UPLOADED|6",
    "fleet.tsv, 0, UPLOADED|6",
    "fleet.jsonl, 0, UPLOADED|6",
    "fleet.json, 0, UPLOADED|6",
    "multiview.jsonl, 0, UPLOADED|4",
    "multiview.csv, 3, REJECTED|2 UPLOADED|6",
  })
  void readsTheExampleOfEachFormat(String manifest, int exitCode, String states)
      throws SQLException {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Outcome outcome = harness.importFrom(EXAMPLES.resolve(manifest));

      assertThat(outcome.err()).isEmpty();
      assertThat(outcome.exitCode()).isEqualTo(exitCode);
      assertThat(harness.states()).containsExactly(states.split(" "));
    }
  }

  @ParameterizedTest
  @EnumSource(EmulatorOptions.FailedViewsShape.class)
  void aSetThatLacksViewsIsToldAndNeverSentAgain(EmulatorOptions.FailedViewsShape shape)
      throws SQLException {
    EmulatorOptions options = ImportHarness.fast();
    options.failedViews = 100;
    options.failedViewsShape = shape;
    try (ImportHarness harness = ImportHarness.start(directory, options)) {
      Path manifest =
          harness.write(
              "sets.csv",
              "front,left,overhead_2",
              "s3://drive-data/f.mp4,s3://drive-data/l.mp4,s3://drive-data/o.mp4",
              "gs://fleet-archive/f.mp4,,");
      Outcome outcome = harness.importFrom(manifest);

      assertThat(outcome.err()).isEmpty();
      assertThat(outcome.exitCode()).isEqualTo(ExitCode.SOME_NOT_UPLOADED);
      assertThat(outcome.out())
          .containsPattern(" 2 uploaded\\n")
          .containsPattern(" 1 of the uploaded lack a view")
          .contains("the sum holds", "drive-data UPLOADED VIEWS_FAILED");
      assertThat(harness.query("SELECT state, uploaded FROM import_runs"))
          .containsExactly("COMPLETED_WITH_FAILURES|2");
      assertThat(
              harness.query(
                  "SELECT source_uri, state, error_code FROM import_videos ORDER BY error_code"))
          .containsExactly(
              "gs://fleet-archive/f.mp4|UPLOADED|null",
              "s3://drive-data/f.mp4|UPLOADED|VIEWS_FAILED");
      assertThat(
              harness.query("SELECT error_message FROM import_videos WHERE error_code IS NOT NULL"))
          .allSatisfy(message -> assertThat(message).contains("left", "overhead_2"));
      assertThat(
              harness.query(
                  "SELECT video_ids ->> 'front' = video_id, video_ids ->> 'set' IS NOT NULL,"
                      + " video_ids ->> 'left' IS NOT NULL FROM import_videos ORDER BY source_uri"))
          .containsExactly("1|1|0", "1|1|1");

      assertThat(harness.command("status", "--statusTable=" + harness.statusTable()).out())
          .contains("1 UPLOADED VIEWS_FAILED: the front");

      Outcome again = harness.importFrom(manifest, "--maxAttempts=9");

      assertThat(again.exitCode()).isEqualTo(ExitCode.OK);
      assertThat(again.out())
          .contains("2 already done", "1 of the already done lack a view", "0 uploaded");
      assertThat(harness.timesAccepted().values()).containsOnly(1);
      String job =
          harness
              .query("SELECT import_job_id FROM import_videos WHERE error_code = 'VIEWS_FAILED'")
              .get(0);
      assertThat(harness.apiCommand("job", job, "--videos").out())
          .containsPattern("UPLOADED\ts3://drive-data/f.mp4\tviews failed: left.*, overhead_2");
    }
  }

  @Test
  void tenThousandLinesEndWithTheSumOfTheReadme() throws SQLException {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Outcome outcome =
          harness.importFrom(
              EXAMPLES.resolve("fleet-10k.csv.gz"),
              "--enforceImmutability=false",
              "--enforceEncodability=false");

      assertThat(outcome.out()).contains("10,000 accounted for: the sum holds");
      assertThat(
              harness.query(
                  "SELECT lines_read, rejected, duplicate, uploaded, failed FROM import_runs"))
          .containsExactly("10000|60|120|9780|40");
      assertThat(
              harness.query(
                  "SELECT stage, SUM(items) FROM import_counts WHERE part NOT LIKE 'lane %'"
                      + " GROUP BY stage ORDER BY stage"))
          .containsExactly(
              "duplicate_items|120", "lines_read|10000", "planned_items|9820", "rejected_lines|60");
      assertThat(harness.states())
          .containsExactly("REJECTED|60", "UPLOADED|9780", "UPLOADING_FAILED|40");
      assertThat(harness.stats().accepted()).isEqualTo(9_820);
      assertThat(harness.stats().acceptedTwice()).isZero();
    }
  }

  @Test
  void keysArriveAsTheyAreWritten() throws SQLException {
    String[] uris = {
      "s3://drive-data/a b+c%20d?e#f.mp4",
      "s3://drive-data/München/😀 ünï.mp4",
      "hf://buckets/nomadic/demo/100%/x.MP4",
      "s3://drive-data//double//slash.mp4"
    };
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Outcome outcome = harness.importFrom(harness.write("hostile.txt", uris));

      assertThat(outcome.exitCode()).isEqualTo(ExitCode.OK);
      assertThat(harness.timesAccepted().keySet())
          .containsExactlyInAnyOrder(
              "user/ " + uris[0], "user/ " + uris[1], "user/ " + uris[2], "user/ " + uris[3]);
      assertThat(harness.query("SELECT source_uri FROM import_videos WHERE state = 'UPLOADED'"))
          .containsExactlyInAnyOrder(uris);
    }
  }

  @Test
  void writesToPostgres() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
        ImportHarness harness =
            ImportHarness.start(directory, ImportHarness.fast())
                .withStatusTable(postgres.getJdbcUrl("postgres", "postgres"))) {
      Outcome outcome = harness.importFrom(EXAMPLES.resolve("fleet.csv"));

      assertThat(outcome.err()).isEmpty();
      assertThat(outcome.exitCode()).isEqualTo(ExitCode.SOME_NOT_UPLOADED);
      assertThat(harness.states())
          .containsExactly("REJECTED|2", "UPLOADED|16", "UPLOADING_FAILED|1");

      int jobs = harness.stats().jobs();
      Outcome again = harness.importFrom(EXAMPLES.resolve("fleet.csv"), "--maxAttempts=2");

      assertThat(again.out()).contains("16 already done", "the sum holds");
      assertThat(harness.stats().jobs()).isEqualTo(jobs + 1);
      assertThat(
              harness.query("SELECT attempt FROM import_videos WHERE state = 'UPLOADING_FAILED'"))
          .containsExactly("2");
    }
  }

  @Test
  void followsTheVideosOfAnOlderBackend() throws SQLException {
    EmulatorOptions options = ImportHarness.fast();
    options.legacy = true;
    options.errorText = EmulatorOptions.ErrorText.VIDEO_STATUS;
    try (ImportHarness harness = ImportHarness.start(directory, options)) {
      Outcome outcome = harness.importFrom(EXAMPLES.resolve("fleet.csv"));

      assertThat(outcome.exitCode()).isEqualTo(ExitCode.SOME_NOT_UPLOADED);
      assertThat(harness.states())
          .containsExactly("REJECTED|2", "UPLOADED|16", "UPLOADING_FAILED|1");
      assertThat(
              harness.query(
                  "SELECT error_message FROM import_videos WHERE error_code ="
                      + " 'IMPORT_FAILED'"))
          .containsExactly("The file is not a readable video");
    }
  }

  @Test
  void whatIsNeverShownIsMissing() throws SQLException {
    EmulatorOptions options = ImportHarness.fast();
    options.missingRows = 100;
    try (ImportHarness harness = ImportHarness.start(directory, options)) {
      Path manifest = harness.write("m.txt", "s3://drive-data/a.mp4", "s3://drive-data/b.mp4");

      Outcome outcome = harness.importFrom(manifest, "--awaitTimeout=PT3S");

      assertThat(outcome.exitCode()).isEqualTo(ExitCode.SOME_NOT_UPLOADED);
      assertThat(harness.states()).containsExactly("MISSING|2");
      assertThat(harness.query("SELECT state, missing FROM import_jobs"))
          .containsExactly("INCOMPLETE|2");
    }
  }

  @Test
  void whatIsNotFinishedStaysSubmittedAndIsAwaitedByTheNextRun() throws SQLException {
    EmulatorOptions options = ImportHarness.fast();
    options.slowRows = 100;
    options.slowBy = Duration.ZERO;
    options.processWithin = Duration.ofDays(1);
    try (ImportHarness harness = ImportHarness.start(directory, options)) {
      Path manifest = harness.write("m.txt", "s3://drive-data/a.mp4");

      Outcome outcome = harness.importFrom(manifest, "--awaitTimeout=PT3S");

      assertThat(outcome.exitCode()).isEqualTo(ExitCode.SOME_NOT_UPLOADED);
      assertThat(harness.states()).containsExactly("SUBMITTED|1");
      harness.importFrom(manifest, "--awaitTimeout=PT1S");
      assertThat(harness.stats().jobs()).isEqualTo(1);
      assertThat(harness.states()).containsExactly("SUBMITTED|1");
    }
  }

  @Test
  void aBucketWithoutIntegrationIsRefusedAndTheRestGoesOn() throws SQLException {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Path manifest =
          harness.write("m.txt", "gs://nobodys-bucket/a.mp4", "gs://fleet-recordings/b.mp4");

      Outcome outcome = harness.importFrom(manifest);

      assertThat(outcome.exitCode()).isEqualTo(ExitCode.SOME_NOT_UPLOADED);
      assertThat(
              harness.query(
                  "SELECT source_uri, state, error_code FROM import_videos"
                      + " ORDER BY source_uri"))
          .containsExactly(
              "gs://fleet-recordings/b.mp4|UPLOADED|null",
              "gs://nobodys-bucket/a.mp4|REFUSED|NO_INTEGRATION");
    }
  }

  @Test
  void anIntegrationThatIsNotTheOnlyOneIsNotGuessed() throws SQLException {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Path account =
          harness.write("sa.json", "{\"client_email\": \"a@b\", \"private_key\": \"PK\"}");
      for (String name : new String[] {"one", "two"}) {
        harness.apiCommand(
            "integrations",
            "add",
            "gcs",
            "--name=" + name,
            "--bucket=shared",
            "--serviceAccountFile=" + account);
      }

      Outcome outcome = harness.importFrom(harness.write("m.txt", "gs://shared/a.mp4"));

      assertThat(outcome.exitCode()).isEqualTo(ExitCode.SOME_NOT_UPLOADED);
      assertThat(
              harness.query(
                  "SELECT state, error_code, error_message LIKE '%--integrations=shared=ID%'"
                      + " FROM import_videos"))
          .containsExactly("REFUSED|AMBIGUOUS_INTEGRATION|1");
    }
  }

  @Test
  void aFolderThatCannotBeHadCostsItsItemsOnly() throws SQLException {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Path manifest =
          harness.write(
              "m.csv",
              "uri,folder",
              "s3://drive-data/a.mp4,forbidden-depot",
              "s3://drive-data/b.mp4,depot");

      Outcome outcome = harness.importFrom(manifest);

      assertThat(outcome.exitCode()).isEqualTo(ExitCode.SOME_NOT_UPLOADED);
      assertThat(
              harness.query(
                  "SELECT destination, state, error_code, error_message LIKE '%No access%'"
                      + " FROM import_videos ORDER BY 1"))
          .containsExactly(
              "user/depot|UPLOADED|null|null", "user/forbidden-depot|REFUSED|FOLDER_REFUSED|1");
    }
  }

  @Test
  void anIntegrationOfTheCommandLineIsUsed() throws SQLException {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Path manifest = harness.write("m.txt", "gs://fleet-recordings/a.mp4");

      Outcome outcome =
          harness.importFrom(
              manifest, "--integrations=fleet-recordings=gcs-fleet-a", "--folder=f", "--scope=org");

      assertThat(outcome.exitCode()).isEqualTo(ExitCode.OK);
      assertThat(harness.stats().byRoute()).doesNotContainKey("GET /api/cloud-integrations");
      assertThat(harness.query("SELECT destination, state FROM import_videos"))
          .containsExactly("org/f|UPLOADED");
      assertThat(harness.query("SELECT integration_id, folder, scope, state FROM import_jobs"))
          .containsExactly("gcs-fleet-a|f|org|COMPLETED");
    }
  }
}
