package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nomadicml.beam.emulator.EmulatorOptions;
import com.nomadicml.beam.pipeline.ImportHarness.Outcome;
import com.nomadicml.beam.status.StatusStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked of a run by way of its tables. */
class ControlTest {
  @TempDir private Path directory;

  @Test
  void aRunPausesGoesOnAndStopsWhenItIsAsked() throws Exception {
    EmulatorOptions options = ImportHarness.fast();
    options.slowRows = 100;
    options.slowBy = Duration.ofDays(1);
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try (ImportHarness harness = ImportHarness.start(directory, options)) {
      Path manifest = harness.write("m.txt", "s3://drive-data/1.mp4");
      Future<Outcome> run = threads.submit(() -> harness.importFrom(manifest));
      harness.await(run, "SUBMITTED|1");

      String runId = harness.query("SELECT run_id FROM import_runs").get(0);
      StatusStore.at(harness.statusTable())
          .lane()
          .event(runId, Instant.EPOCH, "ASKED", "whatever somebody wrote there");

      assertThat(ask(harness, "pause")).contains(" is paused since ");
      assertThat(status(harness).at("/waitsFor/cause").asText()).isEqualTo("RESUME");
      assertThat(harness.command("status", "--statusTable=" + harness.statusTable()).out())
          .contains("it was asked to pause");

      assertThat(ask(harness, "resume")).contains(" goes on since ");
      assertThat(status(harness).at("/waitsFor/cause").asText()).isEqualTo("BACKEND");

      assertThat(ask(harness, "stop")).contains(" sends nothing any more, and ends, since ");
      Outcome ended = run.get();
      assertThat(ended.exitCode()).as(ended.err()).isEqualTo(ExitCode.STOPPED);
      assertThat(ended.err()).contains("stopped: it was asked to stop: ", " STOP by ");

      Outcome late = harness.command("pause", "--statusTable=" + harness.statusTable());
      assertThat(late.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
      assertThat(late.err()).contains(" is not at work: it has ended as STOPPED");
    } finally {
      threads.shutdownNow();
    }
  }

  private static String ask(ImportHarness harness, String command) {
    Outcome asked = harness.command(command, "--statusTable=" + harness.statusTable());
    assertThat(asked.exitCode()).as(asked.err()).isEqualTo(ExitCode.OK);
    return asked.out();
  }

  private static JsonNode status(ImportHarness harness) throws Exception {
    String json =
        harness.command("status", "--json", "--statusTable=" + harness.statusTable()).out();
    return new ObjectMapper().readTree(json);
  }
}
