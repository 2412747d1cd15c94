package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.emulator.EmulatorOptions;
import com.nomadicml.beam.pipeline.ImportHarness.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.exception.SdkClientException;

/** What a user's mistake ends with: one line that says what to do, and exit code 2. */
class LauncherTest {
  @TempDir private Path directory;
  private ImportHarness harness;

  @BeforeEach
  void start() {
    EmulatorOptions options = ImportHarness.fast();
    harness = ImportHarness.start(directory, options);
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  @Test
  void aWrongKeyIsFoundBeforeAnythingIsSent() {
    Path manifest = harness.write("m.txt", "s3://drive-data/a.mp4");
    Path wrong = harness.write("wrong.txt", "sk-wrong");

    Outcome outcome = harness.importFrom(manifest, "--apiKeySecret=file:" + wrong);

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertIsOneLine(outcome.err(), "401", "file:" + wrong);
    assertThat(outcome.err()).doesNotContain("sk-wrong");
    assertThat(harness.stats().byRoute()).containsOnlyKeys("POST /api/keys/verify");
    assertThat(directory.resolve("status.db")).doesNotExist();
  }

  @Test
  void aMissingKeySaysWhereItWasLookedFor() {
    Path manifest = harness.write("m.txt", "s3://drive-data/a.mp4");

    Outcome outcome = harness.importFrom(manifest, "--apiKeySecret=env:NOMADIC_NO_SUCH_KEY");

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertIsOneLine(outcome.err(), "NOMADIC_NO_SUCH_KEY");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--batchSize=0 | --batchSize",
        "--batchSize=many | batchSize",
        "--pageSize=0 | --pageSize",
        "--apiLanes=0 | --apiLanes",
        "--maxAttempts=0 | --maxAttempts",
        "--requestsPerMinute=-1 | --requestsPerMinute",
        "--requestsPerDay=-1 | --requestsPerDay",
        "--onQuota=panic | --onQuota",
        "--pageSize=many | --pageSize",
        "--failureThreshold=101 | --failureThreshold",
        "--awaitTimeout=tomorrow | --awaitTimeout",
        "--patience=soon | --patience",
        "--statusTableSecret=hunter2 | --statusTableSecret takes env:NAME",
        "statusTable=jdbc:postgresql://h/d?password=hunter2 | begins with --",
        "--collection= | --collection is empty",
        "--onUnknownSubmit=panic | --onUnknownSubmit",
        "--scope=sample | --scope",
        "--integrations=bucket | --integrations",
        "--manifestFormat=xml | --manifestFormat",
        "--statusTable=mysql:db | mysql:db",
        "--apiUrl=http://example.com | https",
        "--apiKeySecret=sk-abc | --apiKeySecret",
        "--noSuchOption=1 | there is no option --noSuchOption; see nomadic-import import --help",
      })
  void aBadOptionIsNamed(String option, String named) {
    Path manifest = harness.write("m.txt", "s3://drive-data/a.mp4");

    Outcome outcome = harness.importFrom(manifest, option);

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertIsOneLine(outcome.err(), named);
    assertThat(outcome.err()).doesNotContain("sk-abc", "hunter2");
  }

  @Test
  void whereAMistakeWasFoundIsShownWhenAskedFor() {
    Path manifest = harness.write("m.txt", "s3://drive-data/a.mp4");

    String err = harness.importFrom(manifest, "--batchSize=0", "--debug").err();

    assertThat(err.lines().toList().get(0)).startsWith("nomadic-import: ").contains("--batchSize");
    assertThat(err)
        .contains("java.lang.IllegalArgumentException")
        .contains("  at com.nomadicml.beam.pipeline.");
  }

  @Test
  void aFolderThatTheTablesWouldCutIsNamed() {
    Path manifest = harness.write("m.txt", "s3://drive-data/a.mp4");

    Outcome outcome = harness.importFrom(manifest, "--folder=" + "é".repeat(951));

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertIsOneLine(outcome.err(), "--folder is longer than 1900 bytes");
  }

  @Test
  void aMissingManifestOptionIsNamed() {
    Outcome outcome = harness.importWith();

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertIsOneLine(outcome.err(), "--manifest is missing", "--help");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nothing-here.csv", "nothing-*.csv", "no/such/directory/*.txt"})
  void aManifestThatMatchesNoFileIsNamed(String name) {
    Outcome outcome = harness.importFrom(directory.resolve(name));

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertIsOneLine(outcome.err(), name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"s4://bucket/m.csv", "https://example.com/m.csv", "hf://buckets/a/b/m.csv"})
  void aManifestThatNoFileSystemReadsIsNamedWithThoseThatThereAre(String path) {
    Outcome outcome = harness.importWith("--manifest=" + path);

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertIsOneLine(outcome.err(), path, "gs://, s3://");
  }

  @Test
  void whatThisMachineLacksForAwsIsNamed() {
    assertThat(lackIn("Unable to load region from any of the providers in the chain X@1"))
        .hasValueSatisfying(lack -> assertThat(lack).contains("--awsRegion"));
    assertThat(lackIn("Unable to load credentials from any of the providers in the chain"))
        .hasValueSatisfying(lack -> assertThat(lack).contains("AWS_ACCESS_KEY_ID"));
    assertThat(lackIn("Unable to execute HTTP request: Connect to 127.0.0.1:1 failed")).isEmpty();
  }

  private static Optional<String> lackIn(String message) {
    return ImportCommand.lackIn(
        new IllegalStateException("wrapped", SdkClientException.create(message)));
  }

  @Test
  void aLocalFileMayBeNamedAsAUri() {
    Path manifest = harness.write("m.txt", "s3://drive-data/a.mp4");

    for (String path : List.of("file:" + manifest, "file://" + manifest)) {
      assertThat(harness.importWith("--manifest=" + path).exitCode()).isEqualTo(ExitCode.OK);
    }
  }

  @Test
  void anOptionThatIsGivenTwiceIsNamed() {
    Outcome outcome = harness.importWith("--limit=1", "--manifest=a.txt", "--manifest=b.txt");

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertIsOneLine(outcome.err(), "--manifest is given more than once", "give it once");
  }

  @Test
  void aDirectoryIsNoManifest() {
    Outcome outcome = harness.importFrom(directory);
    assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertIsOneLine(outcome.err(), directory.toString(), "is a directory", "/*.csv");
  }

  @Test
  void aStatusTableThatCantBeIsNamedBeforeAnythingIsSent() {
    Path manifest = harness.write("m.txt", "s3://bucket/a.mp4");
    Path elsewhere = directory.resolve("no-such-directory").resolve("status.db");
    for (Path file : List.of(elsewhere, directory, manifest)) {
      Outcome outcome = harness.importFrom(manifest, "--statusTable=jdbc:sqlite:" + file);
      assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
      assertIsOneLine(outcome.err(), "status table " + file, "name ");
    }
    assertThat(harness.stats().requests()).isZero();
  }

  @Test
  void aStatusTableThatStaysLockedEndsTheRunWhenPatienceDoes() throws Exception {
    Path manifest = harness.write("m.txt", "s3://bucket/a.mp4");
    String url = "jdbc:sqlite:" + directory.resolve("locked.db");
    try (Connection holder = DriverManager.getConnection(url);
        Statement statement = holder.createStatement()) {
      statement.execute("CREATE TABLE other (id INTEGER)");
      statement.execute("BEGIN EXCLUSIVE");

      Outcome outcome = harness.importFrom(manifest, "--statusTable=" + url, "--patience=PT0.001S");

      assertThat(outcome.exitCode()).isEqualTo(ExitCode.BROKEN);
      assertIsOneLine(outcome.err(), "locked.db", "another program holds", "--patience=PT0.001S");
    }
    assertThat(harness.stats().byRoute()).doesNotContainKey("POST /api/import");
    assertThat(harness.importFrom(manifest, "--statusTable=" + url).exitCode())
        .isEqualTo(ExitCode.OK);
  }

  @Test
  void aManifestWithoutUriColumnIsNamedWithItsColumns() {
    Path manifest = harness.write("m.csv", "camera,vehicle", "front,truck-01");

    Outcome outcome = harness.importFrom(manifest);

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertIsOneLine(outcome.err(), "m.csv", "camera, vehicle", "--uriField");
  }

  @Test
  void aManifestThatCantBeReadIsNamed() throws Exception {
    Path manifest = Files.write(directory.resolve("m.csv.gz"), new byte[] {31, -117, 8, 0, 1, 2});

    Outcome outcome = harness.importFrom(manifest);

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertIsOneLine(outcome.err(), "m.csv.gz");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://127.0.0.1:1", "https://no-such-host.invalid", "TLS"})
  void anApiThatIsNotThereIsNamedWithTheNextStep(String url) {
    Path manifest = harness.write("m.txt", "s3://drive-data/a.mp4");
    String there = url.equals("TLS") ? "https" + harness.url().toString().substring(4) : url;
    harness.skipTime();

    Outcome outcome = harness.importFrom(manifest, "--apiUrl=" + there);

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertIsOneLine(outcome.err(), there, "check --apiUrl");
    assertThat(directory.resolve("status.db")).doesNotExist();
  }

  @Test
  void theKeyIsNowhere() throws Exception {
    Path manifest =
        harness.write("m.txt", "s3://drive-data/a.mp4", "s3://drive-data/" + "corrupt.mp4");

    Outcome outcome = harness.importFrom(manifest);

    assertThat(outcome.out() + outcome.err()).doesNotContain(ImportHarness.KEY);
    for (String table :
        new String[] {"import_videos", "import_jobs", "import_runs", "import_account"}) {
      assertThat(harness.query("SELECT * FROM " + table))
          .isNotEmpty()
          .noneMatch(row -> row.contains(ImportHarness.KEY));
    }
  }

  private static void assertIsOneLine(String err, String... parts) {
    assertThat(err.strip()).startsWith("nomadic-import: ").doesNotContain("\n").contains(parts);
  }
}
