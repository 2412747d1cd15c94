package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.emulator.EmulatorOptions;
import com.nomadicml.beam.pipeline.ImportHarness.Outcome;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs whose day of requests ends before their work does. */
class QuotaTest {
  private static final Duration A_DAY = Duration.ofDays(1);

  private final Instant noon =
      Instant.now().truncatedTo(ChronoUnit.DAYS).plus(Duration.ofHours(36));
  @TempDir private Path directory;

  @Test
  void aSpentDayPausesTheRunAndTheNextDaysCarryOn() throws SQLException {
    try (ImportHarness harness = startAtNoon()) {
      Path manifest = manifest(harness);

      // The key, and ten batches of ten: 21 requests at least.
      Outcome first = run(harness, manifest, 8);

      assertThat(first.exitCode()).isEqualTo(ExitCode.PAUSED);
      assertThat(first.err())
          .contains("paused", "Run again with the same command after " + tomorrow())
          .doesNotContain("\tat ");
      assertThat(first.out()).contains("the sum holds");
      assertThat(harness.stats().requests()).isEqualTo(8);
      assertThat(harness.query("SELECT state, requests, requests_on_day FROM import_runs"))
          .containsExactly("PAUSED|8|8");
      assertThat(harness.query("SELECT DISTINCT state FROM import_videos ORDER BY 1"))
          .containsExactly("PENDING", "SUBMITTED");

      int days = 1;
      Outcome last;
      do {
        harness.goForwardBy(A_DAY);
        last = run(harness, manifest, 8);
        days++;
      } while (last.exitCode() == ExitCode.PAUSED && days < 10);

      assertThat(last.exitCode()).isEqualTo(ExitCode.OK);
      assertThat(harness.states()).containsExactly("UPLOADED|100");
      assertThat(harness.timesAccepted().values()).containsOnly(1);
    }
  }

  @Test
  void aSecondRunOfTheDayStartsFromWhatTheFirstHasSpent() throws SQLException {
    try (ImportHarness harness = startAtNoon()) {
      Path manifest = manifest(harness);
      run(harness, manifest, 8);

      Outcome second = run(harness, manifest, 11);

      assertThat(second.exitCode()).isEqualTo(ExitCode.PAUSED);
      assertThat(harness.stats().requests()).isEqualTo(11);
      assertThat(harness.query("SELECT SUM(requests_on_day) FROM import_runs"))
          .containsExactly("11");
    }
  }

  @Test
  void aRunThatFindsNoRequestLeftChangesNoItem() throws SQLException {
    try (ImportHarness harness = startAtNoon()) {
      Path manifest = manifest(harness);
      run(harness, manifest, 8);

      Outcome second = run(harness, manifest, 8);

      assertThat(second.exitCode()).isEqualTo(ExitCode.PAUSED);
      assertThat(second.err()).contains("after " + tomorrow());
      assertThat(harness.stats().requests()).isEqualTo(8);
    }
  }

  @Test
  void aDayThatOthersHaveSpentPausesTheRunToo() throws SQLException {
    EmulatorOptions options = ImportHarness.fast();
    options.requestsPerDay = 8;
    try (ImportHarness harness = ImportHarness.start(directory, options)) {
      Outcome outcome = run(harness, manifest(harness), 10_000);

      assertThat(outcome.exitCode()).isEqualTo(ExitCode.PAUSED);
      assertThat(outcome.err()).contains("Run again with the same command after");
      assertThat(outcome.out()).contains("the sum holds");
      // Eight were taken, and one refusal was enough; three more were under way at most.
      assertThat(harness.stats().requests()).isBetween(9L, 12L);
      assertThat(harness.query("SELECT state FROM import_runs")).containsExactly("PAUSED");
    }
  }

  @Test
  void lanesShareTheWorkAndTheQuota() throws SQLException {
    try (ImportHarness harness = startAtNoon()) {
      Path manifest = manifest(harness);
      Outcome first =
          harness.importFrom(
              manifest, "--batchSize=10", "--canary=false", "--apiLanes=3", "--requestsPerDay=12");

      // A share of four each, the key out of the first.
      assertThat(first.exitCode()).isEqualTo(ExitCode.PAUSED);
      assertThat(harness.stats().requests()).isLessThanOrEqualTo(12);

      harness.goForwardBy(A_DAY);
      Outcome second = harness.importFrom(manifest, "--apiLanes=3", "--requestsPerDay=3000");
      assertThat(second.exitCode()).isEqualTo(ExitCode.OK);
      assertThat(harness.states()).containsExactly("UPLOADED|100");
      assertThat(harness.timesAccepted().values()).containsOnly(1);
    }
  }

  @Test
  void nothingIsMarkedFailedByAPause() throws SQLException {
    try (ImportHarness harness = startAtNoon()) {
      run(harness, manifest(harness), 15);

      assertThat(
              harness.query(
                  "SELECT DISTINCT error_code FROM import_videos WHERE state = 'PENDING'"))
          .isSubsetOf("QUOTA_SPENT", "NOT_SENT");
      assertThat(harness.query("SELECT COUNT(*) FROM import_jobs WHERE state = 'REFUSED'"))
          .containsExactly("0");
    }
  }

  @ParameterizedTest
  @CsvSource({"GRANT, 3", "CLAMP, 5", "REJECT, 8"})
  void asksForPagesAsLargeAsTheyAreGranted(EmulatorOptions.LimitMode mode, int requests)
      throws SQLException {
    EmulatorOptions options = ImportHarness.fast();
    options.limitMode = mode;
    try (ImportHarness harness = ImportHarness.start(directory, options)) {
      Outcome outcome =
          harness.importFrom(manifest(harness, 1_200), "--batchSize=1200", "--pageSize=auto");

      // The key, the POST, and the pages: 1,200 rows; 500, 500 and 200; or two refusals of 1,200
      // and 600, then four pages of 300.
      assertThat(outcome.exitCode()).isEqualTo(ExitCode.OK);
      assertThat(harness.stats().requests()).isEqualTo(requests);
      assertThat(harness.states()).containsExactly("UPLOADED|1200");
    }
  }

  private static Outcome run(ImportHarness harness, Path manifest, int requestsPerDay) {
    return harness.importFrom(
        manifest, "--batchSize=10", "--canary=false", "--requestsPerDay=" + requestsPerDay);
  }

  private static Path manifest(ImportHarness harness) {
    return manifest(harness, 100);
  }

  private static Path manifest(ImportHarness harness, int items) {
    return harness.write(
        "m.txt",
        IntStream.range(0, items)
            .mapToObj(i -> "s3://drive-data/" + i + ".mp4")
            .toArray(String[]::new));
  }

  /** Far from midnight, when a day's quota begins anew. */
  private ImportHarness startAtNoon() {
    ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast());
    harness.goForwardBy(Duration.between(Instant.now(), noon));
    return harness;
  }

  private LocalDate tomorrow() {
    return LocalDate.ofInstant(noon, ZoneOffset.UTC).plusDays(1);
  }
}
