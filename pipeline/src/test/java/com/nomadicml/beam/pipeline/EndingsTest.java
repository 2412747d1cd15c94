package com.nomadicml.beam.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nomadicml.beam.emulator.EmulatorOptions;
import com.nomadicml.beam.pipeline.ImportHarness.Outcome;
import com.sun.net.httpserver.HttpServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a run ends that the user has to mend something for, and what it says in the end. */
class EndingsTest {
  private ImportHarness harness;
  private Path manifest;
  @TempDir private Path directory;

  @BeforeEach
  void start() {
    EmulatorOptions options = ImportHarness.fast();
    options.failedRows = 100;
    harness = ImportHarness.start(directory, options);
    manifest = harness.write("m.txt", "s3://drive-data/1.mp4");
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  /** With 2 and one sentence, before a request is sent. */
  private void assertRefused(Outcome outcome, String... words) {
    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(outcome.err())
        .contains(words)
        .doesNotContain("the run broke")
        .doesNotContain("\tat ");
    assertThat(outcome.err().lines().filter(line -> line.startsWith("nomadic-import: ")))
        .hasSize(1);
    assertThat(harness.stats().jobs()).isZero();
  }

  private Outcome importInto(String statusTable, String... more) {
    String[] all = new String[more.length + 1];
    System.arraycopy(more, 0, all, 0, more.length);
    all[more.length] = "--statusTable=" + statusTable;
    return harness.importFrom(manifest, all);
  }

  @Test
  void aDatabaseThatPostgresDoesNotKnowOrAUserThatItRefuses() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
      String server = "jdbc:postgresql://localhost:" + postgres.getPort() + "/";

      assertRefused(
          importInto(server + "nowhere?user=postgres"),
          "can't open " + server + "nowhere?user=postgres: ",
          "database \"nowhere\" does not exist: create it, or name another");
      assertRefused(
          importInto(server + "postgres?user=nobody"),
          "role \"nobody\" does not exist: check its user and password (--statusTableSecret)");
      try (var connection = postgres.getPostgresDatabase().getConnection();
          var statement = connection.createStatement()) {
        statement.execute("CREATE ROLE reader LOGIN");
        statement.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
      }
      assertRefused(
          importInto(server + "postgres?user=reader"),
          "permission denied for schema public",
          "GRANT it, or name another user");
    }
  }

  @Test
  void aHostThatIsNotThere() {
    assertRefused(
        importInto("jdbc:postgresql://no-such-host.invalid/fleet"),
        "can't reach jdbc:postgresql://no-such-host.invalid/fleet: ",
        "check its host and port, and the network");
    assertRefused(
        importInto("bigquery:fleet.imports", "--bigQueryEndpoint=http://no-such-host.invalid/"),
        "can't open bigquery:fleet.imports: the host no-such-host.invalid is unknown: check this"
            + " machine's network, and its proxy");
  }

  @Test
  @DisabledIfSystemProperty(named = "nomadic.flink", matches = "true")
  void anOptionWithoutAValueThatCanBeUsed() {
    assertRefused(
        harness.importFrom(manifest, "--batchSize="),
        "nomadic-import: --batchSize= has no value: give it one, or leave it away");
    assertRefused(
        harness.importFrom(manifest, "--targetParallelism=0"),
        "nomadic-import: an option has a value that Beam refuses, and does not say why");
  }

  @Test
  void aManifestWhoseStoreIsNotThere() {
    assertRefused(
        harness.importWith(
            "--manifest=gs://fleet/m.csv", "--gcsEndpoint=http://no-such-host.invalid/"),
        "--manifest=gs://fleet/m.csv can't be reached: the host no-such-host.invalid is unknown:"
            + " check this machine's network, and its proxy");
    assertRefused(
        harness.importWith(
            "--manifest=s3://fleet/m.csv",
            "--awsRegion=eu-west-1",
            "--endpoint=http://no-such-host.invalid/"),
        "--manifest=s3://fleet/m.csv can't be reached: the host no-such-host.invalid is unknown");
  }

  @Test
  void aFileThatIsNoDatabase() {
    assertRefused(
        importInto("jdbc:sqlite:" + harness.write("notes.db", "these are notes")),
        "notes.db can't be used: it is no SQLite database: name another file");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "404 | Not found: Dataset fleet:imports | Not found: Dataset fleet:imports: create the"
            + " dataset, or name another",
        "403 | Access Denied: Dataset fleet:imports | give it the roles BigQuery Data Editor",
        "401 | Request had invalid credentials | check this machine's Google credentials"
      })
  void aDatasetThatIsNotThereOrNotForThisAccount(int status, String words, String said)
      throws Exception {
    HttpServer bigQuery =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    bigQuery.createContext(
        "/",
        exchange -> {
          try (exchange) {
            byte[] answer =
                "{\"error\": {\"code\": %d, \"message\": \"%s\"}}"
                    .formatted(status, words)
                    .getBytes(UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, answer.length);
            exchange.getResponseBody().write(answer);
          }
        });
    bigQuery.start();
    try {
      assertRefused(
          importInto(
              "bigquery:fleet.imports",
              "--credentialFactoryClass=" + ClientsTest.OwnCredentials.class.getName(),
              "--bigQueryEndpoint=http://localhost:" + bigQuery.getAddress().getPort() + "/"),
          "can't open bigquery:fleet.imports: ",
          said);
    } finally {
      bigQuery.stop(0);
    }
  }

  @Test
  @DisabledIfSystemProperty(named = "nomadic.flink", matches = "true")
  void aRunnerThatIsNotThere() {
    assertRefused(harness.importFrom(manifest, "--runner=NoRunner"), "NoRunner");
  }

  @Test
  void scriptsGetTheSummaryAsJson() throws Exception {
    Outcome printed = harness.importFrom(manifest, "--summaryJson=-");

    assertThat(printed.exitCode()).isEqualTo(ExitCode.SOME_NOT_UPLOADED);
    JsonNode summary = StatusSchema.valid(printed.out());
    assertThat(summary.at("/lines/total").asInt()).isEqualTo(1);
    assertThat(summary.at("/lines/failed").asInt()).isEqualTo(1);
    assertThat(summary.at("/run/exitCode").asInt()).isEqualTo(ExitCode.SOME_NOT_UPLOADED);
    assertThat(summary.at("/targets/0/reasons/0/code").asText()).isEqualTo("IMPORT_FAILED");
    assertThat(printed.err()).contains("the sum holds");

    Path file = directory.resolve("summary.json");
    Outcome written = harness.importFrom(manifest, "--summaryJson=" + file);
    assertThat(written.out()).contains("the sum holds");
    assertThat(StatusSchema.valid(Files.readString(file)).at("/lines/total").asInt()).isEqualTo(1);

    assertRefusedAlone(harness.importFrom(manifest, "--summaryJson=/no/such/folder/s.json"));
  }

  private static void assertRefusedAlone(Outcome outcome) {
    assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(outcome.err())
        .isEqualTo(
            "nomadic-import: --summaryJson=/no/such/folder/s.json can't be written: name a file in"
                + " a folder that is there\n");
  }

  @Test
  void whereOnlyRejectedLinesAreLeftItSaysWhatToDoAboutThem() {
    Outcome outcome = harness.importFrom(harness.write("bad.txt", "nonsense"));

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.SOME_NOT_UPLOADED);
    assertThat(outcome.out()).containsOnlyOnce(RunSummary.NEXT_OF_REJECTED + "\n");
  }

  /** The largest first, each with an example; and it is said how many more there are. */
  @Test
  void theSummaryTellsTheReasonsOnAScreen() throws Exception {
    String[] lines =
        IntStream.range(0, 25).mapToObj(i -> "s3://bucket-" + i + "/1.mp4").toArray(String[]::new);
    Path many = harness.write("many.txt", lines);

    Outcome outcome = harness.importFrom(many, "--canary=false");

    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(ExitCode.SOME_NOT_UPLOADED);
    assertThat(outcome.out().lines().filter(line -> line.contains("UPLOADING_FAILED")))
        .hasSize(20)
        .first()
        .asString()
        .matches(" {13}1 bucket-0 UPLOADING_FAILED IMPORT_FAILED: .* \\(as s3://bucket-0/1.mp4\\)");
    assertThat(outcome.out()).contains("and 5 more reasons, in the view import_failures");
    assertThat(harness.query("SELECT COUNT(*) FROM import_failures")).containsExactly("25");

    Outcome again = harness.importFrom(many, "--canary=false");
    assertThat(again.out())
        .contains("25 of the failed, missing and refused are out of attempts (--maxAttempts=1)");
  }
}
