package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.emulator.EmulatorOptions;
import com.nomadicml.beam.pipeline.ImportHarness.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two runs on one table at once. */
class TwoRunsTest {
  @TempDir private Path directory;

  @Test
  void runsOfDifferentFoldersShareTheQuotaAndNothingElse() throws Exception {
    EmulatorOptions options = ImportHarness.fast();
    options.processWithin = Duration.ofSeconds(2);
    // A request more would be refused, and shows in the statistics.
    options.requestsPerDay = 40;
    ExecutorService pool = Executors.newFixedThreadPool(2);
    try (ImportHarness harness = ImportHarness.start(directory, options)) {
      Path manifest =
          harness.write(
              "m.txt",
              IntStream.range(0, 60)
                  .mapToObj(i -> "s3://drive-data/" + i + ".mp4")
                  .toArray(String[]::new));

      Future<Outcome> one =
          pool.submit(() -> run(harness, manifest, "--folder=one", "--batchSize=20"));
      Future<Outcome> two =
          pool.submit(() -> run(harness, manifest, "--folder=two", "--batchSize=30"));

      for (Future<Outcome> run : List.of(one, two)) {
        Outcome outcome = run.get(2, TimeUnit.MINUTES);
        assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(ExitCode.OK);
        assertThat(outcome.out()).contains("60 uploaded", "the sum holds");
      }
      assertThat(
              harness.query("SELECT destination, state, COUNT(*) FROM import_videos GROUP BY 1, 2"))
          .containsExactlyInAnyOrder("user/one|UPLOADED|60", "user/two|UPLOADED|60");
      assertThat(harness.timesAccepted()).hasSize(120);
      assertThat(harness.query("SELECT COUNT(DISTINCT run_id), SUM(refused) FROM import_requests"))
          .containsExactly("2|0");
      assertThat(harness.query("SELECT spent, granted FROM import_limits"))
          .containsExactly(harness.stats().requests() + "|");
    } finally {
      pool.shutdownNow();
    }
  }

  private static Outcome run(ImportHarness harness, Path manifest, String... options) {
    return harness.importFrom(
        manifest, options[0], options[1], "--canary=false", "--requestsPerDay=40");
  }
}
