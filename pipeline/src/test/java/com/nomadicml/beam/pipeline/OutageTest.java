package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.emulator.EmulatorOptions;
import com.nomadicml.beam.pipeline.ImportHarness.Outcome;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An API and a database that are away for a while in the middle of a run. */
class OutageTest {
  @TempDir private Path directory;

  @Test
  void patienceEndsWithNothingLost() throws Exception {
    EmulatorOptions options = ImportHarness.fast();
    options.processWithin = Duration.ofSeconds(3);
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try (ImportHarness harness = ImportHarness.start(directory, options)) {
      Path manifest = manifest(harness, 60);
      Future<Outcome> run =
          pool.submit(
              () ->
                  harness.importFrom(
                      manifest, "--batchSize=20", "--canary=false", "--patience=PT1S"));
      harness.await(run, "SUBMITTED|60");
      options.htmlErrors = 100;

      Outcome outcome = run.get(2, TimeUnit.MINUTES);
      assertThat(outcome.exitCode()).isEqualTo(ExitCode.SOME_NOT_UPLOADED);
      assertThat(outcome.err()).contains("has not answered for PT1S");
      assertThat(outcome.out()).contains("the sum holds");
      options.htmlErrors = 0;
      assertThat(harness.importFrom(manifest).exitCode()).isEqualTo(ExitCode.OK);
      assertThat(harness.timesAccepted().values()).hasSize(60).containsOnly(1);
      assertThat(harness.query("SELECT kind FROM import_events ORDER BY happened_at"))
          .containsExactly("AWAY", "RESUMED");
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void aRunGoesOnWhenTheApiIsBack() throws Exception {
    EmulatorOptions options = ImportHarness.fast();
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try (ImportHarness harness = ImportHarness.start(directory, options)) {
      Path manifest = manifest(harness, 200);
      options.processWithin = Duration.ofSeconds(4);
      Future<Outcome> run =
          pool.submit(() -> harness.importFrom(manifest, "--batchSize=20", "--canary=false"));
      harness.await(run, "SUBMITTED|200");
      options.htmlErrors = 100;
      long before = harness.stats().requests();
      while (harness.stats().requests() == before && !run.isDone()) {
        Thread.onSpinWait();
      }
      options.htmlErrors = 0;

      Outcome outcome = run.get(2, TimeUnit.MINUTES);
      assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(ExitCode.OK);
      assertThat(harness.states()).containsExactly("UPLOADED|200");
      assertThat(harness.timesAccepted().values()).containsOnly(1);
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void aLockedFileIsWaitedFor() throws Exception {
    EmulatorOptions options = ImportHarness.fast();
    options.processWithin = Duration.ofSeconds(3);
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try (ImportHarness harness = ImportHarness.start(directory, options)) {
      Path manifest = manifest(harness, 60);
      Future<Outcome> run =
          pool.submit(() -> harness.importFrom(manifest, "--batchSize=20", "--canary=false"));
      harness.await(run, "SUBMITTED|60");
      try (Connection lock = DriverManager.getConnection(harness.statusTable());
          Statement statement = lock.createStatement()) {
        statement.execute("BEGIN EXCLUSIVE");
        long before = harness.stats().requests();
        while (harness.stats().requests() == before && !run.isDone()) {
          Thread.onSpinWait();
        }
        statement.execute("ROLLBACK");
      }

      assertThat(run.get(2, TimeUnit.MINUTES).exitCode()).isEqualTo(ExitCode.OK);
      assertThat(harness.states()).containsExactly("UPLOADED|60");
      assertThat(harness.query("SELECT SUM(sent) FROM import_requests"))
          .containsExactly(String.valueOf(harness.stats().requests()));
    } finally {
      pool.shutdownNow();
    }
  }

  private static Path manifest(ImportHarness harness, int items) {
    return harness.write(
        "m.txt",
        IntStream.range(0, items)
            .mapToObj(i -> "s3://drive-data/" + i + ".mp4")
            .toArray(String[]::new));
  }
}
