package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.emulator.EmulatorOptions;
import com.nomadicml.beam.pipeline.ImportHarness.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A week of nightly runs with one growing manifest, by a clock that goes on by a day between them:
 * a bucket that nobody may read, a day's quota that is too small, a key that is rotated.
 */
class WeekTest {
  private static final int NEW_A_NIGHT = 60;

  @TempDir private Path directory;
  private ImportHarness harness;
  private int nights;

  @Test
  void aWeekEndsWithEveryVideoImportedOnce() throws Exception {
    EmulatorOptions emulator = ImportHarness.fast();
    try (ImportHarness started = ImportHarness.start(directory, emulator)) {
      harness = started;

      Outcome monday = night();
      assertThat(monday.exitCode()).isEqualTo(ExitCode.SOME_NOT_UPLOADED);
      assertThat(monday.out()).contains("40 uploaded", "20 refused", "NO_INTEGRATION");

      Outcome tuesday = night();
      assertThat(tuesday.out()).contains("40 already done", "40 uploaded", "40 refused");

      // The key is checked, the integrations are listed, the batch is sent; its rows are not read.
      Outcome wednesday = night("--requestsPerDay=3");
      assertThat(wednesday.exitCode()).isEqualTo(ExitCode.PAUSED);
      assertThat(wednesday.err()).contains("Run again", "--onQuota=wait");

      Outcome thursday = night();
      assertThat(thursday.exitCode()).isEqualTo(ExitCode.SOME_NOT_UPLOADED);
      assertThat(harness.states()).containsExactly("REFUSED|80", "UPLOADED|160");

      emulator.apiKey = "sk-rotated-0123456789";
      Outcome friday = night();
      assertThat(friday.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
      assertThat(friday.err()).contains("401", "key.txt").hasLineCount(1);
      assertThat(harness.states()).containsExactly("REFUSED|80", "UPLOADED|160");

      Files.writeString(harness.keyFile(), emulator.apiKey);
      Path account = harness.write("sa.json", "{\"client_email\": \"a@b\"}");
      harness.apiCommand(
          "integrations",
          "add",
          "gcs",
          "--name=mended",
          "--bucket=not-yet-shared",
          "--serviceAccountFile=" + account);
      Outcome saturday = night();
      assertThat(saturday.exitCode()).isEqualTo(ExitCode.OK);

      long requests = harness.stats().requests();
      nights--; // Nothing new is recorded on a Sunday.
      Outcome sunday = night();
      assertThat(sunday.exitCode()).isEqualTo(ExitCode.OK);
      assertThat(sunday.out()).contains("360 already done", "0 uploaded");
      assertThat(harness.stats().requests() - requests).isLessThanOrEqualTo(2);

      assertThat(harness.states()).containsExactly("UPLOADED|" + 6 * NEW_A_NIGHT);
      assertThat(harness.timesAccepted())
          .hasSize(6 * NEW_A_NIGHT)
          .allSatisfy((uri, times) -> assertThat(times).isOne());
      assertThat(harness.query("SELECT state FROM import_runs ORDER BY started_at"))
          .containsExactly(
              "COMPLETED_WITH_FAILURES",
              "COMPLETED_WITH_FAILURES",
              "PAUSED",
              "COMPLETED_WITH_FAILURES",
              "COMPLETED",
              "COMPLETED");
    }
  }

  /** Imports all that was recorded so far, and lets a day pass. */
  private Outcome night(String... options) {
    nights++;
    List<String> lines = new ArrayList<>();
    for (int night = 1; night <= nights; night++) {
      String prefix = night + "/";
      IntStream.range(0, NEW_A_NIGHT)
          .forEach(
              i ->
                  lines.add(
                      i % 3 == 0
                          ? "gs://not-yet-shared/" + prefix + i + ".mp4"
                          : "s3://drive-data/" + prefix + i + ".mp4"));
    }
    Path manifest = harness.write("all.txt", lines.toArray(new String[0]));
    Outcome outcome = harness.importFrom(manifest, options);
    harness.goForwardBy(Duration.ofDays(1));
    return outcome;
  }
}
