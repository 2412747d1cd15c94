package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.emulator.EmulatorOptions;
import com.nomadicml.beam.pipeline.ImportHarness.Outcome;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An API and a database that are away for a while in the middle of a run. */
class OutageTest {
  private static final Logger LOG = Logger.getLogger("com.nomadicml.beam");

  @TempDir private Path directory;
  private final List<String> said = new CopyOnWriteArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord entry) {
          said.add(new SimpleFormatter().formatMessage(entry));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    LOG.setLevel(Level.WARNING);
    LOG.addHandler(handler);
  }

  @AfterEach
  void stop() {
    LOG.removeHandler(handler);
    LOG.setLevel(null);
  }

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
  void a429WithoutEndIsTheEndOfTheQuota() throws Exception {
    EmulatorOptions options = ImportHarness.fast();
    options.processWithin = Duration.ofSeconds(3);
    options.retryAfter = EmulatorOptions.RetryAfter.NONE;
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try (ImportHarness harness = ImportHarness.start(directory, options)) {
      Path manifest = manifest(harness, 60);
      Future<Outcome> run =
          pool.submit(
              () ->
                  harness.importFrom(
                      manifest, "--batchSize=20", "--canary=false", "--patience=PT1S"));
      harness.await(run, "SUBMITTED|60");
      options.tooManyRequests = 100;

      Outcome outcome = run.get(2, TimeUnit.MINUTES);
      assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(ExitCode.PAUSED);
      assertThat(outcome.err()).contains("Run again with the same command after");
      assertThat(outcome.out()).contains("the sum holds");
      options.tooManyRequests = 0;
      assertThat(harness.importFrom(manifest).exitCode()).isEqualTo(ExitCode.OK);
      assertThat(harness.timesAccepted().values()).hasSize(60).containsOnly(1);
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void theApiAndTheDatabaseMayBeAwayInOneRunAloneAndTogether() throws Exception {
    EmulatorOptions options = ImportHarness.fast();
    options.processWithin = Duration.ofSeconds(20);
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try (Database database = new Database(directory.resolve("postgres"));
        ImportHarness harness =
            ImportHarness.start(directory, options).withStatusTable(database.url())) {
      Path manifest = manifest(harness, 200);
      Future<Outcome> run =
          pool.submit(() -> harness.importFrom(manifest, "--batchSize=20", "--canary=false"));
      harness.await(run, "SUBMITTED|200");

      database.stop();
      awaitWord(run, "Waiting for jdbc:postgresql");
      database.start();
      awaitRequests(harness, run, 5);

      options.htmlErrors = 100;
      awaitRequests(harness, run, 4);
      database.stop();
      awaitWord(run, "Waiting for jdbc:postgresql");
      options.htmlErrors = 0;
      database.start();

      Outcome outcome = run.get(3, TimeUnit.MINUTES);
      assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(ExitCode.OK);
      assertThat(harness.states()).containsExactly("UPLOADED|200");
      assertThat(harness.timesAccepted().values()).hasSize(200).containsOnly(1);
      assertThat(harness.query("SELECT SUM(unknown_submits) FROM import_jobs"))
          .containsExactly("0");
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void aFullDiskEndsARunAtOnceWithTheFile() throws Exception {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      harness.importFrom(harness.write("first.txt", "s3://drive-data/first.mp4"));
      String table = harness.statusTable();
      int pages = Integer.parseInt(harness.query("PRAGMA page_count").get(0));
      Path manifest = manifest(harness, 5_000);

      Outcome outcome =
          harness.withStatusTable(table + "?max_page_count=" + (pages + 5)).importFrom(manifest);

      assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(ExitCode.BROKEN);
      assertThat(outcome.err())
          .contains(directory.resolve("status.db").toString(), "its disk is full: make room");
      harness.withStatusTable(table);
      assertThat(harness.importFrom(manifest).exitCode()).isEqualTo(ExitCode.OK);
      assertThat(harness.timesAccepted().values()).hasSize(5_001).containsOnly(1);
    }
  }

  /** Waits until so many more requests were made, whatever they were answered. */
  private static void awaitRequests(ImportHarness harness, Future<Outcome> run, int more) {
    long enough = harness.stats().requests() + more;
    while (harness.stats().requests() < enough && !run.isDone()) {
      Thread.onSpinWait();
    }
  }

  /** Waits until something more is said in the log. */
  private void awaitWord(Future<Outcome> run, String word) {
    said.clear();
    while (said.stream().noneMatch(line -> line.contains(word)) && !run.isDone()) {
      Thread.onSpinWait();
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
