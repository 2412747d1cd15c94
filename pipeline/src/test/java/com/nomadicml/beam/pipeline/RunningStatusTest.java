package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nomadicml.beam.emulator.EmulatorOptions;
import com.nomadicml.beam.pipeline.ImportHarness.Outcome;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code status --json} says of an import in another process, held against the tables. */
class RunningStatusTest {
  private static final int ITEMS = 60;
  private static final int LOOKS = 600;

  @TempDir private Path directory;

  @Test
  void saysWhatTheTablesSayInSqlite() throws Exception {
    assertStatusHolds("jdbc:sqlite:" + directory.resolve("status.db"));
  }

  @Test
  void saysWhatTheTablesSayInPostgresql() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
      assertStatusHolds(postgres.getJdbcUrl("postgres", "postgres"));
    }
  }

  private void assertStatusHolds(String tables) throws Exception {
    EmulatorOptions options = ImportHarness.fast();
    options.failedRows = 10;
    // Some items of each job never come to an end.
    options.slowRows = 30;
    options.slowBy = Duration.ofDays(1);
    try (ImportHarness harness = ImportHarness.start(directory, options).withStatusTable(tables)) {
      Path manifest = manifest(harness);
      Process run = start(harness, manifest);
      try {
        JsonNode status = awaitAllJobsRead(harness, run);
        assertIsOfTheTables(status, harness);
        assertThat(status.at("/run/alive").asBoolean()).isTrue();
        assertThat(status.at("/run/state").asText()).isEqualTo("RUNNING");
        assertThat(status.at("/run/holder").asText()).endsWith("process " + run.pid());
        assertThat(status.at("/openJobs/submitted").asInt()).isEqualTo(3);
        assertThat(status.at("/waitsFor/cause").asText()).isEqualTo("BACKEND");

        Outcome second = harness.importFrom(manifest);
        assertThat(second.exitCode()).as(second.err()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(harness.query("SELECT run_id FROM import_runs"))
            .containsExactly(status.at("/run/id").asText());
        assertThat(status(harness).get("run").get("alive").asBoolean()).isTrue();
      } finally {
        run.destroyForcibly().waitFor();
      }
      JsonNode killed = status(harness);
      assertIsOfTheTables(killed, harness);
      assertThat(killed.at("/run/alive").asBoolean()).isFalse();
      assertThat(killed.at("/run/stage").asText()).isEqualTo("KILLED");
      assertThat(killed.at("/run/state").asText()).isEqualTo("FAILED");
      assertThat(harness.command("status", "--statusTable=" + tables, "--exit-code"))
          .matches(outcome -> outcome.exitCode() == ExitCode.BROKEN)
          .extracting(Outcome::out)
          .asString()
          .contains("it was killed", "run again with the same command");
    }
  }

  /** Sixty videos, a comment, a duplicate, and a line that is rejected. */
  private static Path manifest(ImportHarness harness) {
    List<String> lines = new ArrayList<>(List.of("# nightly"));
    for (int i = 0; i < ITEMS; i++) {
      lines.add("s3://drive-data/" + i + ".mp4");
    }
    lines.add("s3://drive-data/0.mp4");
    lines.add("s3://drive-data/notes.txt");
    return harness.write("m.txt", lines.toArray(String[]::new));
  }

  private Process start(ImportHarness harness, Path manifest) throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Xmx512m",
            "-cp",
            System.getProperty("java.class.path"),
            NomadicImport.class.getName(),
            "--manifest=" + manifest,
            "--apiUrl=" + harness.url(),
            "--apiKeySecret=file:" + harness.keyFile(),
            "--statusTable=" + harness.statusTable(),
            "--requestsPerMinute=0",
            "--batchSize=20",
            "--canary=false")
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("run.log").toFile())
        .start();
  }

  /** Waits until each job was read, so that nothing changes any more; percents never fall. */
  private JsonNode awaitAllJobsRead(ImportHarness harness, Process run) throws Exception {
    double percent = 0;
    for (int looks = 0; looks < LOOKS; looks++) {
      assertThat(run.waitFor(200, TimeUnit.MILLISECONDS)).as(log()).isFalse();
      if (!hasRun(harness)) {
        continue;
      }
      JsonNode status = status(harness);
      assertThat(status.get("percent").asDouble()).isGreaterThanOrEqualTo(percent);
      percent = status.get("percent").asDouble();
      boolean isPlanned = status.at("/run/stage").asText().equals("IMPORTING");
      if (isPlanned && count(harness, "import_cursors WHERE waited > 0") == 3) {
        return status(harness);
      }
    }
    throw new AssertionError("the jobs were not read: " + log());
  }

  private static boolean hasRun(ImportHarness harness) {
    try {
      return count(harness, "import_runs") > 0;
    } catch (SQLException e) {
      return false;
    }
  }

  private static void assertIsOfTheTables(JsonNode status, ImportHarness harness)
      throws SQLException {
    JsonNode lines = status.get("lines");
    assertThat(lines.get("total").asInt()).isEqualTo(ITEMS + 3);
    assertThat(lines.get("blank").asInt()).isEqualTo(1);
    assertThat(lines.get("duplicate").asInt()).isEqualTo(1);
    assertThat(lines.get("rejected").asInt())
        .isEqualTo(count(harness, "import_videos WHERE state = 'REJECTED'"))
        .isEqualTo(1);
    int uploaded = count(harness, "import_videos WHERE state = 'UPLOADED'");
    int failed = count(harness, "import_videos WHERE state = 'UPLOADING_FAILED'");
    int open = count(harness, "import_videos WHERE state IN ('PENDING', 'SUBMITTED')");
    assertThat(uploaded).isPositive();
    assertThat(open).isPositive();
    for (JsonNode counts : List.of(lines, status.at("/targets/0"))) {
      assertThat(counts.get("uploaded").asInt()).isEqualTo(uploaded);
      assertThat(counts.get("failed").asInt()).isEqualTo(failed);
      assertThat(counts.get("open").asInt()).isEqualTo(open);
    }
    assertThat(status.get("percent").asDouble())
        .isEqualTo(Math.floor(1_000.0 * (ITEMS + 3 - open) / (ITEMS + 3)) / 10);
  }

  private static JsonNode status(ImportHarness harness) {
    Outcome outcome = harness.command("status", "--json", "--statusTable=" + harness.statusTable());
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    return StatusSchema.valid(outcome.out());
  }

  private static int count(ImportHarness harness, String from) throws SQLException {
    return Integer.parseInt(harness.query("SELECT COUNT(*) FROM " + from).get(0));
  }

  private String log() throws Exception {
    return Files.readString(directory.resolve("run.log"));
  }
}
