package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nomadicml.beam.emulator.EmulatorOptions;
import com.nomadicml.beam.pipeline.ImportHarness.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code --dryRun}: what a run would do, without an import and without a write. */
class DryRunTest {
  private static final Path FLEET = Path.of("..", "examples", "fleet.csv");

  @TempDir private Path directory;

  @Test
  void plansWithoutTablesAndSendsAndWritesNothing() {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Outcome outcome = harness.importFrom(FLEET, "--dryRun", "--apiKeySecret=env:NO_SUCH_KEY");

      assertThat(outcome.err()).isEmpty();
      assertThat(outcome.exitCode()).isEqualTo(ExitCode.OK);
      assertThat(outcome.out())
          .contains("20 lines read", "2   rejected", "1   duplicate", "17   to be imported");
      assertThat(harness.stats().requests()).isZero();
      assertThat(directory.resolve("status.db")).doesNotExist();
    }
  }

  @Test
  void saysWhatIsDoneAlreadyAndWhatWouldBeTriedAgain() throws SQLException {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      harness.importFrom(FLEET);
      // The one for the integrations.
      long requests = harness.stats().requests() + 1;
      long runs = harness.query("SELECT run_id FROM import_runs").size();

      assertThat(harness.importFrom(FLEET, "--dryRun").out())
          .contains("16   already uploaded", "1   not uploaded, and out of attempts")
          .contains("There is nothing to do");
      assertThat(harness.importFrom(FLEET, "--dryRun", "--maxAttempts=2").out())
          .contains("16   already uploaded", "1   to be tried again", "(again)");
      assertThat(harness.stats().requests()).isEqualTo(requests);
      assertThat(harness.query("SELECT run_id FROM import_runs")).hasSize((int) runs);
      assertThat(harness.query("SELECT * FROM import_leases")).isEmpty();
    }
  }

  @Test
  void saysWhyLinesAreRejectedAndKeepsThem() throws Exception {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Path manifest =
          harness.write(
              "m.txt",
              Stream.concat(
                      Stream.of("s3://drive-data/a.mp4", "not a uri"),
                      IntStream.range(0, 5).mapToObj(i -> "s3://drive-data/" + i + ".txt"))
                  .toArray(String[]::new));
      Path rejected = directory.resolve("rejected.jsonl");

      Outcome outcome =
          harness.importFrom(manifest, "--dryRun", "--json", "--rejected=" + rejected);

      assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(ExitCode.OK);
      assertThat(outcome.err())
          .contains("Rejected lines, with the first of each reason", "5 NOT_MP4")
          .contains("m.txt, line 3: ", "m.txt, line 5: ")
          .doesNotContain("m.txt, line 6: ");
      JsonNode json = new ObjectMapper().readTree(outcome.out());
      assertThat(json.at("/lines/read").asInt()).isEqualTo(7);
      assertThat(json.at("/lines/toImport").asInt()).isEqualTo(1);
      assertThat(json.at("/rejected/0/code").asText()).isEqualTo("NOT_MP4");
      assertThat(json.at("/rejected/0/lines").asInt()).isEqualTo(5);
      assertThat(json.at("/rejected/0/examples")).hasSize(3);
      assertThat(json.at("/targets/0/items").asInt()).isEqualTo(1);
      assertThat(json.at("/requests/atLeast").asInt()).isPositive();
      assertThat(Files.readAllLines(rejected))
          .hasSize(6)
          .allMatch(line -> line.startsWith("{\"manifest\":"));
    }
  }

  @Test
  void saysWhatWouldOnlyBeAwaited() {
    EmulatorOptions options = ImportHarness.fast();
    options.processWithin = Duration.ofDays(1);
    try (ImportHarness harness = ImportHarness.start(directory, options)) {
      Path manifest = harness.write("m.txt", "s3://drive-data/a.mp4");
      harness.importFrom(manifest, "--awaitTimeout=PT1S");

      assertThat(harness.importFrom(manifest, "--dryRun").out())
          .contains("1   sent by an earlier run, to be awaited", "(only awaited)");
    }
  }

  @ParameterizedTest
  @CsvSource({"false, 7", "true, 9"})
  void itsRequestsAreThoseOfTheRun(boolean canary, int requests) {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Path manifest = harness.write("m.txt", videos(1_300));

      Outcome plan = harness.importFrom(manifest, "--dryRun", "--canary=" + canary, "--folder=f");
      harness.importFrom(manifest, "--canary=" + canary, "--folder=f");

      // The key, the folder, two POSTs, and pages of 500, 500 and 300 rows; and for the canary a
      // POST and its page.
      assertThat(plan.out())
          .contains(requests + " requests at least")
          .contains("Folders, made where they are absent (1): user/f");
      // One more: the dry run has asked for the integrations.
      assertThat(harness.stats().requests()).isEqualTo(requests + 1);
    }
  }

  @Test
  void saysWhichIntegrationABucketHas() {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Path manifest =
          harness.write(
              "m.txt",
              "gs://fleet-recordings/a.mp4\ngs://unknown/a.mp4\ns3://open/a.mp4\ns3://named/a.mp4\n");
      String[] command = {"--dryRun", "--integrations=named=no-such-id"};

      Outcome outcome = harness.importFrom(manifest, command);

      assertThat(outcome.exitCode()).isEqualTo(ExitCode.OK);
      assertThat(outcome.out())
          .contains("gs://fleet-recordings: gcs-fleet-a")
          .contains("gs://unknown: none is saved, so its items would be refused")
          .contains("s3://open: none is saved: the backend can read it only if it is public")
          .contains("s3://named: no-such-id, which the API does not list: check its id");
      assertThat(harness.stats().byRoute()).containsOnlyKeys("GET /api/cloud-integrations");
      assertThat(harness.stats().requests()).isEqualTo(1);
    }
  }

  @Test
  void saysThatNobodyWasAskedForIntegrations() {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Path manifest = harness.write("m.txt", "gs://fleet-recordings/a.mp4\n");

      Outcome without =
          harness.importFrom(manifest, "--dryRun", "--apiKeySecret=env:NO_SUCH_KEY", "--json");
      Outcome away = harness.importFrom(manifest, "--dryRun", "--apiUrl=http://127.0.0.1:1");

      assertThat(without.out())
          .contains(
              "\"integrations\":[{\"bucket\":\"gs://fleet-recordings\",\"integration\":null,"
                  + "\"saved\":null}],\"integrationsUnknown\":\"there is no API key to ask with\"");
      assertThat(without.err())
          .contains("not looked up: there is no API key to ask with")
          .contains("gs://fleet-recordings: the saved one of the bucket");
      assertThat(away.exitCode()).isEqualTo(ExitCode.OK);
      assertThat(away.out()).contains("not looked up: the API did not list them: ");
    }
  }

  @Test
  void saysWhatAnotherBatchSizeWouldChange() {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Path manifest = harness.write("m.txt", videos(2_000));

      String out = harness.importFrom(manifest, "--dryRun", "--batchSize=100").out();

      assertThat(out).containsPattern("\\n +50 +40 ").containsPattern("\\n +100 +20 .*as it is");
      assertThat(out).containsPattern("\\n +500 +4 ");
    }
  }

  @Test
  void saysWhenTheQuotaEndsIt() {
    try (ImportHarness harness = ImportHarness.start(directory, ImportHarness.fast())) {
      Path manifest = harness.write("m.txt", videos(200));

      Outcome outcome =
          harness.importFrom(
              manifest,
              "--dryRun",
              "--batchSize=1",
              "--canary=false",
              "--requestsPerMinute=60",
              "--requestsPerDay=150");

      // 401 at least, so 422 expected: three days of 150.
      assertThat(outcome.out()).contains("401 requests at least, about 422 expected");
      assertThat(outcome.out()).contains("The quota of 3 days is needed", "--onQuota=wait");
    }
  }

  private static String[] videos(int count) {
    Stream<String> uris = IntStream.range(0, count).mapToObj(i -> "s3://drive-data/" + i + ".mp4");
    return uris.toArray(String[]::new);
  }
}
