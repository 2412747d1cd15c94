package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.emulator.EmulatorOptions;
import com.nomadicml.beam.emulator.EmulatorOptions.Idempotency;
import com.nomadicml.beam.status.StatusStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Runs that break at one certain write, and are started again with other batches. A trigger of the
 * database refuses the write, so that all before it is written and nothing after it is.
 */
class CrashTest {
  private static final int ITEMS = 8;

  /** An upsert is an insert to a trigger, even where it changes a row; and then an update too. */
  private static final List<String> EVENTS = List.of("INSERT", "UPDATE");

  @TempDir private Path directory;

  /** Two batches of four, each of which the API wants in halves. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "the planned rows          | videos | NEW.state = 'PENDING'",
        "the first planned batch   | jobs   | NEW.state = 'PLANNED'",
        "the rows of halves        | videos | EXISTS (SELECT 1 FROM import_videos AS v WHERE"
            + " v.source_uri = NEW.source_uri AND v.batch_id <> NEW.batch_id)",
        "the first half            | jobs   | NEW.requested = 2",
        "the second half           | jobs   | NEW.requested = 2 AND"
            + " (SELECT COUNT(*) FROM import_jobs WHERE requested = 2) = 1",
        "the end of the whole      | jobs   | NEW.state = 'REFUSED'",
        "the first job             | jobs   | NEW.state = 'SUBMITTED'",
        "the second job            | jobs   | NEW.state = 'SUBMITTED' AND"
            + " (SELECT COUNT(*) FROM import_jobs WHERE state = 'SUBMITTED') = 1",
        "the next batch            | jobs   | NEW.requested = 2 AND"
            + " (SELECT COUNT(*) FROM import_jobs WHERE state = 'SUBMITTED') = 2",
        "the rows of what was sent | videos | NEW.state = 'SUBMITTED'",
        "the outcome of items      | videos | NEW.state = 'UPLOADED'",
        "the outcome of jobs       | jobs   | NEW.state = 'COMPLETED'"
      })
  void nothingIsLostOrDoubledWhenARunBreaksAt(String moment, String table, String write)
      throws SQLException {
    EmulatorOptions options = ImportHarness.fast();
    options.maxItems = 2;
    try (ImportHarness harness = ImportHarness.start(directory, options)) {
      Path manifest = manifest(harness, "s3://drive-data/");
      breakAt(harness, table, write);
      assertThat(harness.importFrom(manifest, "--batchSize=4", "--canary=false").exitCode())
          .isEqualTo(ExitCode.BROKEN);
      mend(harness);

      assertThat(harness.importFrom(manifest, "--batchSize=3", "--canary=false").exitCode())
          .as(moment)
          .isEqualTo(ExitCode.OK);
      assertThat(harness.states()).as(moment).containsExactly("UPLOADED|" + ITEMS);
      assertThat(harness.timesAccepted().values()).as(moment).hasSize(ITEMS).containsOnly(1);
    }
  }

  @Test
  void anApiThatIgnoresKeysGetsOneRequestTwice() throws SQLException {
    EmulatorOptions options = ImportHarness.fast();
    options.idempotency = Idempotency.IGNORE;
    options.maxItems = 2;
    try (ImportHarness harness = ImportHarness.start(directory, options)) {
      Path manifest = manifest(harness, "s3://drive-data/");
      breakAt(
          harness,
          "jobs",
          "NEW.state = 'SUBMITTED' AND"
              + " (SELECT COUNT(*) FROM import_jobs WHERE state = 'SUBMITTED') = 2");
      harness.importFrom(manifest, "--batchSize=4", "--canary=false", "--apiLanes=1");
      mend(harness);

      harness.importFrom(manifest, "--batchSize=4", "--canary=false", "--apiLanes=1");

      assertThat(harness.timesAccepted()).hasSize(ITEMS);
      assertThat(harness.timesAccepted().values()).filteredOn(times -> times == 2).hasSize(2);
    }
  }

  /** A job is known before its rows say so: even an API that ignores keys is not asked twice. */
  @Test
  void aJobIsWrittenBeforeTheRowsOfWhatWasSent() throws SQLException {
    EmulatorOptions options = ImportHarness.fast();
    options.idempotency = Idempotency.IGNORE;
    try (ImportHarness harness = ImportHarness.start(directory, options)) {
      Path manifest = manifest(harness, "s3://drive-data/");
      breakAt(harness, "videos", "NEW.state = 'SUBMITTED'");
      assertThat(harness.importFrom(manifest, "--canary=false").exitCode())
          .isEqualTo(ExitCode.BROKEN);
      mend(harness);

      assertThat(harness.importFrom(manifest, "--canary=false").exitCode()).isEqualTo(ExitCode.OK);
      assertThat(harness.states()).containsExactly("UPLOADED|" + ITEMS);
      assertThat(harness.timesAccepted().values()).hasSize(ITEMS).containsOnly(1);
    }
  }

  @Test
  void anOlderBackendIsAwaitedByTheIdsThatWereWrittenFirst() throws SQLException {
    EmulatorOptions options = ImportHarness.fast();
    options.legacy = true;
    options.idempotency = Idempotency.IGNORE;
    try (ImportHarness harness = ImportHarness.start(directory, options)) {
      Path manifest = manifest(harness, "s3://drive-data/");
      breakAt(
          harness,
          "jobs",
          "NEW.state = 'SUBMITTED' AND"
              + " (SELECT COUNT(*) FROM import_jobs WHERE state = 'SUBMITTED') = 1");
      harness.importFrom(manifest, "--batchSize=4", "--canary=false");
      mend(harness);

      assertThat(harness.importFrom(manifest).exitCode()).isEqualTo(ExitCode.OK);
      assertThat(harness.states()).containsExactly("UPLOADED|" + ITEMS);
      assertThat(harness.timesAccepted().values()).filteredOn(times -> times == 2).hasSize(4);
    }
  }

  @Test
  void aRefusalIsInTheRowsBeforeItsBatchIsClosed() throws SQLException {
    EmulatorOptions options = ImportHarness.fast();
    options.hfUnauthorized = true;
    try (ImportHarness harness = ImportHarness.start(directory, options)) {
      Path manifest = manifest(harness, "hf://buckets/nomadic/demo/");
      breakAt(harness, "videos", "NEW.state = 'REFUSED'");

      harness.importFrom(manifest);

      assertThat(harness.query("SELECT state FROM import_jobs")).containsExactly("PLANNED");
      mend(harness);
      options.hfUnauthorized = false;
      assertThat(harness.importFrom(manifest).exitCode()).isEqualTo(ExitCode.OK);
      assertThat(harness.timesAccepted().values()).hasSize(ITEMS).containsOnly(1);
    }
  }

  private static Path manifest(ImportHarness harness, String prefix) {
    return harness.write(
        "m.txt",
        IntStream.range(0, ITEMS).mapToObj(i -> prefix + i + ".mp4").toArray(String[]::new));
  }

  private static void breakAt(ImportHarness harness, String table, String write)
      throws SQLException {
    StatusStore.at(harness.statusTable()).createTables();
    for (String event : EVENTS) {
      execute(
          harness,
          ("CREATE TRIGGER crash_%1$s BEFORE %1$s ON import_%2$s WHEN %3$s"
                  + " BEGIN SELECT RAISE(ABORT, 'crash'); END")
              .formatted(event, table, write));
    }
  }

  private static void mend(ImportHarness harness) throws SQLException {
    for (String event : EVENTS) {
      execute(harness, "DROP TRIGGER crash_" + event);
    }
  }

  private static void execute(ImportHarness harness, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(harness.statusTable());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
