package com.nomadicml.beam.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.benchmarks.FaultRun.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The short version of {@code benchmarks/run faults}. */
class FaultRunTest {
  @TempDir private Path directory;

  @Test
  void nothingIsLostOrDoubledWhenEverythingGoesWrong() throws Exception {
    FleetManifest manifest = FleetManifest.write(directory.resolve("fleet.csv"), 5_000);
    FaultRun run = new FaultRun(manifest, 250, Duration.ofSeconds(15), directory.resolve("log"));

    Outcome outcome =
        run.play(FaultCase.together(), 1, new FreshTables(null, directory).create("faults"));

    assertThat(outcome.complaints()).isEmpty();
    assertThat(outcome.states()).containsOnlyKeys("MISSING", "UPLOADED", "UPLOADING_FAILED");
    assertThat(outcome.unknownSubmits()).isPositive();
  }
}
