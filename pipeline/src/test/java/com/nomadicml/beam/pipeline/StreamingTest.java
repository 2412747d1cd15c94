package com.nomadicml.beam.pipeline;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.emulator.EmulatorOptions;
import com.nomadicml.beam.pipeline.ImportHarness.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Streams as they are started at the command line; each ends since its key is revoked. */
class StreamingTest {
  @TempDir private Path directory;
  private final EmulatorOptions emulator = ImportHarness.fast();
  private final ExecutorService pool = Executors.newSingleThreadExecutor();
  private ImportHarness harness;
  private Path manifests;

  @BeforeEach
  void start() throws IOException {
    harness = ImportHarness.start(directory, emulator);
    manifests = Files.createDirectory(directory.resolve("manifests"));
  }

  @AfterEach
  void stop() {
    pool.shutdownNow();
    harness.close();
  }

  @Test
  void manifestsAreImportedAsTheyAppearAndGrow() throws Exception {
    write("1.txt", "s3://drive-data/a.mp4");
    Future<Outcome> stream = startStream();
    harness.await(stream, "UPLOADED|1");
    write("2.txt", "s3://drive-data/b.mp4", "nonsense");
    harness.await(stream, "REJECTED|1", "UPLOADED|2");
    write("1.txt", "s3://drive-data/a.mp4", "s3://drive-data/c.mp4");
    harness.await(stream, "REJECTED|1", "UPLOADED|3");

    Outcome outcome = revokeTheKeyOf(stream);

    assertThat(outcome.exitCode()).as(outcome.out()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(outcome.err()).contains("401", "run again");
    assertThat(harness.timesAccepted())
        .hasSize(3)
        .allSatisfy((uri, times) -> assertThat(times).isOne());
    assertThat(harness.query("SELECT state, manifest FROM import_runs"))
        .containsExactly("STOPPED|" + manifests + "/*.txt");
  }

  @Test
  void noFileEndsAStream() throws Exception {
    write("odd[1].txt", "s3://drive-data/a.mp4");
    write("{b},*.txt", "s3://drive-data/b.mp4");
    Files.write(manifests.resolve("deep.json"), "[".repeat(100_000).getBytes(UTF_8));
    Files.write(manifests.resolve("odd.avro"), hugeBlock());
    Future<Outcome> stream = startStream("--manifest=" + manifests + "/*");
    harness.await(stream, "REJECTED|2", "UPLOADED|2");
    write("later.txt", "s3://drive-data/c.mp4");
    harness.await(stream, "REJECTED|2", "UPLOADED|3");

    assertThat(
            harness.query("SELECT DISTINCT error_code FROM import_videos WHERE state = 'REJECTED'"))
        .containsExactly("UNREADABLE_MANIFEST");
    assertThat(revokeTheKeyOf(stream).exitCode()).isEqualTo(ExitCode.BAD_INPUT);
  }

  /** A block that declares 2 GB, as Avro writes numbers. */
  private static byte[] hugeBlock() {
    String schema = "\"string\"";
    return ("Obj\u0001\u0002\u0016avro.schema"
            + (char) (2 * schema.length())
            + schema
            + "\0"
            + "m".repeat(16)
            + "\u0002\u0080\u00d0\u00ac\u00f3\u000e"
            + "x".repeat(10))
        .getBytes(ISO_8859_1);
  }

  @Test
  void aFileOfAnOddNameIsWatchedByItsName() throws Exception {
    write("[1].txt", "s3://drive-data/a.mp4");
    write("1.txt", "s3://drive-data/wrong.mp4");
    Future<Outcome> stream = startStream("--manifest=" + manifests + "/[1].txt");
    harness.await(stream, "UPLOADED|1");
    write("[1].txt", "s3://drive-data/a.mp4", "s3://drive-data/b.mp4");
    harness.await(stream, "UPLOADED|2");

    revokeTheKeyOf(stream, "[1].txt");
    assertThat(harness.timesAccepted()).doesNotContainKey("s3://drive-data/wrong.mp4");
  }

  @Test
  void aStreamThatIsStartedAgainTakesUpWhatWasLeft() throws Exception {
    write("1.csv", "uri,folder", "s3://drive-data/a.mp4,");
    Future<Outcome> first = startStream("--manifest=" + manifests + "/*.csv");
    harness.await(first, "UPLOADED|1");
    emulator.apiKey = "another";
    write("2.csv", "uri,folder", "s3://drive-data/b.mp4,", "s3://drive-data/c.mp4,elsewhere");
    first.get(2, TimeUnit.MINUTES);
    assertThat(harness.states()).containsExactly("PENDING|2", "UPLOADED|1");
    emulator.apiKey = ImportHarness.KEY;
    Files.delete(manifests.resolve("2.csv"));

    Future<Outcome> second = startStream("--manifest=" + manifests + "/*.csv");
    harness.await(second, "UPLOADED|3");
    assertThat(harness.query("SELECT destination, kind FROM import_leases ORDER BY destination"))
        .containsExactly("user/|STREAM", "user/elsewhere|STREAM");
    revokeTheKeyOf(second, "last.csv");

    assertThat(harness.timesAccepted()).allSatisfy((uri, times) -> assertThat(times).isOne());
  }

  @Test
  void aBatchEndsAtOnceWhileAStreamIsAtWorkAnywhere() throws Exception {
    write("1.txt", "s3://drive-data/a.mp4");
    Future<Outcome> stream = startStream();
    harness.await(stream, "UPLOADED|1");
    Path manifest = harness.write("batch.txt", "s3://drive-data/b.mp4");

    Outcome batch = harness.importFrom(manifest, "--folder=elsewhere");

    assertThat(batch.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(batch.err().strip())
        .contains(
            harness.query("SELECT run_id FROM import_leases WHERE kind = 'STREAM'").get(0),
            "a stream,",
            "a stream and a batch can't share a table at once",
            "name another --statusTable")
        .hasLineCount(1);
    assertThat(harness.states()).containsExactly("UPLOADED|1");
    revokeTheKeyOf(stream);
    emulator.apiKey = ImportHarness.KEY;
    assertThat(harness.importFrom(manifest, "--folder=elsewhere").exitCode())
        .isEqualTo(ExitCode.OK);
  }

  @Test
  void aManifestThatCanNotBeReadIsARowAndNotTheEnd() throws Exception {
    write("1.csv", "name", "s3://drive-data/a.mp4");
    write("2.csv", "uri", "s3://drive-data/a.mp4");
    Future<Outcome> stream = startStream("--manifest=" + manifests + "/*.csv");
    harness.await(stream, "REJECTED|1", "UPLOADED|1");

    assertThat(
            harness.query(
                "SELECT error_code, error_message FROM import_videos WHERE state = 'REJECTED'"))
        .singleElement()
        .asString()
        .startsWith("UNREADABLE_MANIFEST|")
        .contains("no column holds the URI");
    revokeTheKeyOf(stream, "3.csv");
  }

  @Test
  void deadLettersAreAManifest() throws Exception {
    Path dead = directory.resolve("dead");
    Path manifest =
        harness.write("m.txt", "s3://drive-data/a.mp4", "s3://drive-data/corrupt.mp4", "nonsense");

    harness.importFrom(manifest, "--deadLetter=" + dead, "--folder=fleet", "--requestsPerDay=0");

    Path letters;
    try (Stream<Path> files = Files.list(dead)) {
      letters = files.findFirst().orElseThrow();
    }
    assertThat(Files.readAllLines(letters))
        .containsExactlyInAnyOrder(
            "\"nonsense\"",
            "{\"uri\":\"s3://drive-data/corrupt.mp4\",\"scope\":\"user\",\"folder\":\"fleet\"}");
    Outcome again = harness.importFrom(letters, "--maxAttempts=2");
    assertThat(again.out()).contains("2 lines read", "1 rejected", "1 failed", "the sum holds");
  }

  @ParameterizedTest
  @CsvSource({
    "--source=sqs:https://sqs.eu-west-1.amazonaws.com/1/q, add --streaming",
    "--watchInterval=soon, --watchInterval takes a duration",
    "--maxBatchDelay=PT0S, --maxBatchDelay takes a duration",
    "--limit=3, --limit looks at a whole manifest",
    "--since=old.txt, --since looks at a whole manifest",
    "--dryRun, --dryRun looks at a whole manifest"
  })
  void aBadOptionIsOneLine(String option, String message) {
    boolean batch = option.startsWith("--source");
    Path manifest = harness.write("m.txt", "s3://a/b.mp4");
    Outcome outcome =
        batch ? harness.importWith(option) : harness.importFrom(manifest, "--streaming", option);

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(outcome.err()).contains(message).hasLineCount(1);
  }

  private Future<Outcome> startStream(String... options) {
    String[] all =
        Stream.concat(
                Stream.of(
                    "--streaming",
                    "--watchInterval=PT1S",
                    "--maxBatchDelay=PT1S",
                    "--blockOnRun=false"),
                options.length > 0
                    ? Arrays.stream(options)
                    : Stream.of("--manifest=" + manifests + "/*.txt"))
            .toArray(String[]::new);
    return pool.submit(() -> harness.importWith(all));
  }

  private Outcome revokeTheKeyOf(Future<Outcome> stream) throws Exception {
    return revokeTheKeyOf(stream, "last.txt");
  }

  /** A stream learns it with its next request. */
  private Outcome revokeTheKeyOf(Future<Outcome> stream, String manifest) throws Exception {
    emulator.apiKey = "another";
    String line = "s3://drive-data/" + manifest + ".mp4";
    if (manifest.endsWith(".csv")) {
      write(manifest, "uri", line);
    } else {
      write(manifest, line);
    }
    return stream.get(2, TimeUnit.MINUTES);
  }

  /** As a whole, as object stores do. */
  private void write(String name, String... lines) throws IOException {
    Path written = harness.write(name + ".tmp", lines);
    Files.move(written, manifests.resolve(name), StandardCopyOption.REPLACE_EXISTING);
  }
}
