package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.emulator.EmulatorOptions;
import com.nomadicml.beam.pipeline.ImportHarness.Outcome;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that end early: canaries, the failure threshold, and accounts that are refused. */
class StopTest {
  @TempDir private Path directory;

  @Test
  void aTargetWhoseCanaryFailsIsStoppedAndTheOthersGoOn() throws SQLException {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Path manifest = twoTargets(harness);

      Outcome outcome = harness.importFrom(manifest, "--batchSize=50");

      assertThat(outcome.exitCode()).isEqualTo(ExitCode.STOPPED);
      assertThat(outcome.out()).contains("180 stopped by a canary", "the sum holds");
      assertThat(outcome.err()).contains("180 items were not sent").doesNotContain("\tat ");
      assertThat(
              harness.query(
                  "SELECT bucket, state, error_code, batch_id IS NULL, COUNT(*)"
                      + " FROM import_videos GROUP BY 1, 2, 3, 4 ORDER BY 1, 2"))
          .containsExactly(
              "denied-bucket|PENDING|CANARY_FAILED|1|180",
              "denied-bucket|UPLOADING_FAILED|IMPORT_FAILED|0|20",
              "drive-data|UPLOADED|null|0|200");
      assertThat(
              harness.query(
                  "SELECT DISTINCT error_message FROM import_videos"
                      + " WHERE error_code = 'CANARY_FAILED'"))
          .singleElement()
          .asString()
          .contains("s3://denied-bucket", "Access denied", "--canary=false");
      assertThat(harness.query("SELECT state, stopped FROM import_runs"))
          .containsExactly("STOPPED|180");
      assertThat(harness.query("SELECT COUNT(*) FROM import_jobs WHERE state = 'PLANNED'"))
          .containsExactly("0");
    }
  }

  @Test
  void aStoppedTargetIsTakenUpAgainByTheNextRun() throws SQLException {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Path manifest = twoTargets(harness);
      harness.importFrom(manifest, "--batchSize=50");

      Outcome outcome = harness.importFrom(manifest, "--batchSize=50", "--canary=false");

      assertThat(outcome.exitCode()).isEqualTo(ExitCode.SOME_NOT_UPLOADED);
      assertThat(harness.states()).containsExactly("UPLOADED|200", "UPLOADING_FAILED|200");
      assertThat(harness.timesAccepted().values()).containsOnly(1);
    }
  }

  @Test
  void withoutCanaryEverythingIsSentAtOnce() throws SQLException {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Outcome outcome = harness.importFrom(twoTargets(harness), "--batchSize=50", "--canary=false");

      assertThat(outcome.exitCode()).isEqualTo(ExitCode.SOME_NOT_UPLOADED);
      assertThat(harness.query("SELECT COUNT(*) FROM import_jobs")).containsExactly("8");
    }
  }

  @Test
  void aTargetOfOneBatchNeedsNoCanary() throws SQLException {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Outcome outcome = harness.importFrom(twoTargets(harness), "--batchSize=200");

      assertThat(outcome.exitCode()).isEqualTo(ExitCode.SOME_NOT_UPLOADED);
      assertThat(harness.query("SELECT COUNT(*) FROM import_jobs")).containsExactly("2");
    }
  }

  @Test
  void aRefusedCanaryStopsItsTargetInTheApisOwnWords() throws SQLException {
    EmulatorOptions options = ImportHarness.fast();
    options.hfUnauthorized = true;
    try (ImportHarness harness = ImportHarness.start(directory, options)) {
      Path manifest =
          manifest(harness, List.of("hf://buckets/acme/dashcam/%d.mp4", "s3://drive-data/%d.mp4"));

      Outcome outcome = harness.importFrom(manifest, "--batchSize=50");

      assertThat(outcome.exitCode()).isEqualTo(ExitCode.STOPPED);
      assertThat(harness.states()).containsExactly("PENDING|180", "REFUSED|20", "UPLOADED|200");
      assertThat(
              harness.query(
                  "SELECT DISTINCT error_message FROM import_videos WHERE state = 'PENDING'"))
          .singleElement()
          .asString()
          .contains("Hugging Face");
    }
  }

  @Test
  void oneGoodItemOfACanaryClearsItsTarget() throws SQLException {
    EmulatorOptions options = ImportHarness.fast();
    options.failedRows = 50;
    try (ImportHarness harness = ImportHarness.start(directory, options)) {
      Path manifest = manifest(harness, List.of("s3://drive-data/%d.mp4"));

      Outcome outcome = harness.importFrom(manifest, "--batchSize=50");

      assertThat(outcome.exitCode()).isEqualTo(ExitCode.SOME_NOT_UPLOADED);
      assertThat(harness.query("SELECT COUNT(*) FROM import_videos WHERE state = 'PENDING'"))
          .containsExactly("0");
    }
  }

  @Test
  @DisabledIfSystemProperty(
      named = "nomadic.flink",
      matches = "true",
      disabledReason = "Flink tells the counters of a job when it has ended")
  void tooManyFailuresEndTheRun() throws SQLException {
    EmulatorOptions options = ImportHarness.fast();
    options.failedRows = 30;
    try (ImportHarness harness = ImportHarness.start(directory, options)) {
      Path manifest = manifest(harness, 20_000, List.of("s3://drive-data/%d.mp4"));

      Outcome outcome = harness.importFrom(manifest, "--batchSize=20", "--failureThreshold=10");

      assertThat(outcome.exitCode()).isEqualTo(ExitCode.STOPPED);
      assertThat(outcome.err()).contains("--failureThreshold=10").doesNotContain("\tat ");
      assertThat(outcome.out()).contains("the sum holds");
      // The tables say what the run's own row says.
      assertThat(
              harness.query(
                  "SELECT state, uploaded = (SELECT COUNT(*) FROM import_videos WHERE state ="
                      + " 'UPLOADED'), failed = (SELECT COUNT(*) FROM import_videos WHERE state ="
                      + " 'UPLOADING_FAILED'), open = (SELECT COUNT(*) FROM import_videos WHERE"
                      + " state IN ('PENDING', 'SUBMITTED')), open > 0 FROM import_runs"))
          .containsExactly("STOPPED|1|1|1|1");
    }
  }

  @Test
  void failuresOfEarlierRunsAreNoReasonToStop() throws SQLException {
    EmulatorOptions options = ImportHarness.fast();
    options.failedRows = 100;
    try (ImportHarness harness = ImportHarness.start(directory, options)) {
      Path manifest = manifest(harness, 1_100, List.of("s3://drive-data/%d.mp4"));
      harness.importFrom(manifest, "--batchSize=2000");
      assertThat(harness.states()).containsExactly("UPLOADING_FAILED|1100");

      Outcome again = harness.importFrom(manifest, "--batchSize=2000", "--failureThreshold=10");

      assertThat(again.exitCode()).isEqualTo(ExitCode.SOME_NOT_UPLOADED);
      assertThat(again.err()).isEmpty();
    }
  }

  @Test
  void fewFinishedItemsAreNoReasonToStop() {
    EmulatorOptions options = ImportHarness.fast();
    options.failedRows = 30;
    try (ImportHarness harness = ImportHarness.start(directory, options)) {
      Path manifest = manifest(harness, 900, List.of("s3://drive-data/%d.mp4"));

      Outcome outcome = harness.importFrom(manifest, "--batchSize=100", "--failureThreshold=10");

      assertThat(outcome.exitCode()).isEqualTo(ExitCode.SOME_NOT_UPLOADED);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {402, 403})
  void aRefusedAccountStopsTheRunAndNothingIsMarkedFailed(int status) throws SQLException {
    EmulatorOptions options = ImportHarness.fast();
    options.paywall = status == 402;
    options.forbidden = status == 403;
    try (ImportHarness harness = ImportHarness.start(directory, options)) {
      Path manifest = manifest(harness, List.of("s3://drive-data/%d.mp4"));

      Outcome outcome = harness.importFrom(manifest, "--batchSize=50");

      assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
      assertThat(outcome.err().strip()).contains("(" + status, "run again").hasLineCount(1);
      assertThat(harness.query("SELECT DISTINCT state FROM import_videos"))
          .containsExactly("PENDING");
      assertThat(harness.query("SELECT state, open, stopped FROM import_runs"))
          .containsExactly("STOPPED|200|0");
      assertThat(outcome.out()).contains("the sum holds", "ACCOUNT_REFUSED");

      options.paywall = false;
      options.forbidden = false;
      assertThat(harness.importFrom(manifest, "--batchSize=50").exitCode()).isEqualTo(ExitCode.OK);
      assertThat(harness.states()).containsExactly("UPLOADED|200");
      assertThat(harness.timesAccepted().values()).containsOnly(1);
    }
  }

  private Path twoTargets(ImportHarness harness) {
    return manifest(harness, List.of("s3://denied-bucket/%d.mp4", "s3://drive-data/%d.mp4"));
  }

  private Path manifest(ImportHarness harness, List<String> patterns) {
    return manifest(harness, 200, patterns);
  }

  private static Path manifest(ImportHarness harness, int items, List<String> patterns) {
    List<String> lines = new ArrayList<>();
    for (String pattern : patterns) {
      IntStream.range(0, items).forEach(i -> lines.add(pattern.formatted(i)));
    }
    return harness.write("m.txt", lines.toArray(new String[0]));
  }
}
