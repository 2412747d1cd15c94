package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.emulator.EmulatorOptions;
import com.nomadicml.beam.pipeline.ImportHarness.Outcome;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests of which it is not known whether they arrived, and items that are never seen. */
class DoubtTest {
  @TempDir private Path directory;

  @Test
  void whatIsHeldIsTakenUpByResendAlone() throws SQLException {
    EmulatorOptions options = ImportHarness.fast();
    // By this seed the first request, of the key, is answered, and the second, the import, is not.
    options.errorAfter = 50;
    options.seed = 3;
    try (ImportHarness harness = ImportHarness.start(directory, options)) {
      Path manifest = harness.write("m.txt", "s3://drive-data/a.mp4", "s3://drive-data/b.mp4");

      Outcome held = harness.importFrom(manifest, "--onUnknownSubmit=hold");

      assertThat(held.exitCode()).isEqualTo(ExitCode.SOME_NOT_UPLOADED);
      assertThat(held.out()).contains("2 unknown", "1 requests are in doubt", "the sum holds");
      assertThat(harness.states()).containsExactly("SUBMIT_UNKNOWN|2");
      assertThat(harness.query("SELECT state, unknown_submits FROM import_jobs"))
          .containsExactly("SUBMIT_UNKNOWN|1");
      assertThat(status(harness)).contains("2 unknown", "2 SUBMIT_UNKNOWN: ");

      options.errorAfter = 0;
      harness.importFrom(manifest, "--onUnknownSubmit=hold");
      assertThat(harness.states()).containsExactly("SUBMIT_UNKNOWN|2");

      assertThat(harness.importFrom(manifest).exitCode()).isEqualTo(ExitCode.OK);
      assertThat(harness.states()).containsExactly("UPLOADED|2");
      assertThat(harness.timesAccepted().values()).containsOnly(1);
    }
  }

  @Test
  void whatIsNeverSeenIsListedAsSuch() {
    EmulatorOptions options = ImportHarness.fast();
    options.missingRows = 100;
    try (ImportHarness harness = ImportHarness.start(directory, options)) {
      Path manifest = harness.write("m.txt", "s3://drive-data/a.mp4");
      harness.importFrom(manifest, "--awaitTimeout=" + Duration.ofSeconds(2));

      assertThat(status(harness))
          .containsSubsequence("drive-data → user/: 1 missing", "1 MISSING NEVER_SHOWN: ");
    }
  }

  private static String status(ImportHarness harness) {
    return harness.command("status", "--statusTable=" + harness.statusTable()).out();
  }
}
