package com.nomadicml.beam.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.pipeline.HostileApi.Behaviour;
import com.nomadicml.beam.pipeline.HostileApi.Request;
import com.nomadicml.beam.pipeline.ImportHarness.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whatever the API does, every command ends by itself, in a small heap, with a code that says so;
 * the sum of an import holds, and neither the key nor anything that a terminal obeys is shown.
 */
@Tag("small-heap")
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileApiTest {
  private static final String ESCAPE = "\\u001b]0;PWNED\\u0007\\u001b[2J\\n\\u202e";

  @TempDir private Path directory;
  private ImportHarness harness;

  @BeforeEach
  void start() {
    harness = ImportHarness.start(directory, ImportHarness.fast());
  }

  @AfterEach
  void stop() {
    harness.close();
  }

  private static Map<String, Behaviour> behaviours() {
    Map<String, Behaviour> all = new HashMap<>();
    all.put("endless", (request, out) -> forEver(out, 200, "[\"x\",".repeat(5_000)));
    all.put("endless error", (request, out) -> forEver(out, 403, "<".repeat(5_000)));
    all.put("endless headers", (request, out) -> headersForEver(out));
    all.put("gzip bomb", (request, out) -> say(out, 200, bomb(), "Content-Encoding: gzip"));
    all.put("cut", (request, out) -> cut(out));
    all.put("longer than said", (request, out) -> longer(out));
    all.put("no answer", (request, out) -> {});
    all.put("drip", (request, out) -> drip(out, 200, ""));
    all.put("drip error", (request, out) -> drip(out, 403, ""));
    all.put("drip headers", (request, out) -> drip(out, 200));
    all.put("no json", (request, out) -> say(out, 200, "<html>Welcome</html>"));
    all.put("deep", (request, out) -> say(out, 200, "{\"videos\":" + "[".repeat(300_000)));
    all.put("many", (request, out) -> say(out, 200, "{\"videos\":[" + "{},".repeat(900_000)));
    all.put(
        "redirect",
        (request, out) -> say(out, 307, "", "Location: http://127.0.0.1:1" + request.path()));
    all.put("echo", (request, out) -> say(out, 401, "{\"detail\":" + echo(request) + "}"));
    all.put("echo 200", (request, out) -> say(out, 200, echo(request)));
    all.put(
        "echo no http",
        // Java's HTTP client quotes such a line in its error.
        (request, out) -> out.write((echo(request) + "\r\n\r\n").getBytes(UTF_8)));
    all.put("rate", (request, out) -> say(out, 429, ""));
    all.put("rate for long", (request, out) -> say(out, 429, "", "Retry-After: 99999999999999"));
    all.put("broken", (request, out) -> say(out, 500, ESCAPE));
    all.put(
        "path id", (request, out) -> say(out, 200, "{\"import_job_id\":\"../../keys/verify?\"}"));
    all.put(
        "long id",
        (request, out) -> say(out, 200, "{\"import_job_id\":\"" + "x".repeat(9_000) + "\"}"));
    all.put("negative total", (request, out) -> say(out, 200, page(-7, false, null, "v1", "v2")));
    all.put(
        "growing cursors",
        (request, out) ->
            say(out, 200, page(2, true, "c".repeat(request.path().length()), "v1", null)));
    all.put("looping cursor", (request, out) -> say(out, 200, page(2, true, "c", null, null)));
    all.put(
        "huge video id",
        (request, out) -> say(out, 200, page(2, false, null, "v".repeat(10_000_000), "v2")));
    all.put("escapes", (request, out) -> say(out, 200, escapes(), "Set-Cookie: a=1"));
    return all;
  }

  private static Predicate<Request> on(String route) {
    return switch (route) {
      case "all" -> request -> true;
      case "import" -> request -> request.path().endsWith("/upload");
      default -> request -> request.path().contains("/videos");
    };
  }

  /** What it does, on which requests; the exit code of an import, and what its tables hold. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "endless          | all    | 1 |",
        "endless error    | all    | 2 |",
        "endless headers  | all    | 1 |",
        "gzip bomb        | all    | 1 |",
        "cut              | all    | 1 |",
        "longer than said | all    | 1 |",
        "no answer        | all    | 1 |",
        "drip             | all    | 1 |",
        "drip error       | all    | 2 |",
        "drip headers     | all    | 1 |",
        "no json          | all    | 1 |",
        "deep             | all    | 1 |",
        "redirect         | all    | 2 |",
        "echo             | all    | 2 |",
        "echo no http     | all    | 1 |",
        "rate             | all    | 4 |",
        "rate for long    | all    | 4 |",
        "broken           | all    | 1 |",
        "endless          | import | 3 | SUBMIT_UNKNOWN 2",
        "gzip bomb        | import | 3 | SUBMIT_UNKNOWN 2",
        "cut              | import | 3 | SUBMIT_UNKNOWN 2",
        "no json          | import | 3 | SUBMIT_UNKNOWN 2",
        "deep             | import | 3 | SUBMIT_UNKNOWN 2",
        "echo 200         | import | 3 | SUBMIT_UNKNOWN 2",
        "echo no http     | import | 3 | SUBMIT_UNKNOWN 2",
        "path id          | import | 3 | SUBMIT_UNKNOWN 2",
        "long id          | import | 3 | SUBMIT_UNKNOWN 2",
        "redirect         | import | 3 | REFUSED 2",
        "drip             | import | 3 | SUBMIT_UNKNOWN 2",
        "drip error       | import | 2 | PENDING 2",
        "drip headers     | import | 3 | SUBMIT_UNKNOWN 2",
        "endless          | pages  | 3 | SUBMITTED 2",
        "gzip bomb        | pages  | 3 | SUBMITTED 2",
        "cut              | pages  | 3 | SUBMITTED 2",
        "no json          | pages  | 3 | SUBMITTED 2",
        "deep             | pages  | 3 | SUBMITTED 2",
        "echo no http     | pages  | 3 | SUBMITTED 2",
        "many             | pages  | 3 | SUBMITTED 2",
        "redirect         | pages  | 3 | SUBMITTED 2",
        "drip             | pages  | 3 | SUBMITTED 2",
        "drip headers     | pages  | 3 | SUBMITTED 2",
        "growing cursors  | pages  | 3 | SUBMITTED 1, UPLOADED 1",
        "looping cursor   | pages  | 3 | SUBMITTED 2",
        "negative total   | pages  | 0 | UPLOADED 2",
        "huge video id    | pages  | 0 | UPLOADED 2",
        "escapes          | pages  | 3 | UPLOADED 1, UPLOADING_FAILED 1",
      })
  void anImportEndsByItself(String name, String route, int exitCode, String states)
      throws Exception {
    Path manifest = harness.write("m.txt", "s3://drive-data/a.mp4", "s3://drive-data/b.mp4");
    try (HostileApi api = new HostileApi(harness.url(), on(route), behaviours().get(name))) {
      skipTime(name);

      Outcome outcome =
          harness.importFrom(
              manifest, "--apiUrl=" + api.url(), "--awaitTimeout=PT3S", "--patience=PT5S");

      assertThat(outcome.exitCode()).as(outcome.toString()).isEqualTo(exitCode);
      assertIsFitToBeShown(outcome);
      assertThat(api.requests()).hasSizeLessThan(200);
      assertThat(api.requests()).allMatch(request -> !request.headers().containsKey("cookie"));
      if (states != null) {
        assertThat(outcome.out()).contains("the sum holds");
        assertThat(harness.states()).containsExactly(states.replace(' ', '|').split(",\\|"));
        assertThat(
                harness.query(
                    "SELECT MAX(LENGTH(video_id)), MAX(LENGTH(error_message)) FROM import_videos"))
            .allMatch(row -> Arrays.stream(row.split("\\|")).allMatch(HostileApiTest::isSmall));
        Outcome status = harness.command("status", "--statusTable=" + harness.statusTable());
        assertThat(status.exitCode()).isZero();
        assertIsFitToBeShown(status);
      }
    }
  }

  private void skipTime(String behaviour) {
    if (behaviour.startsWith("drip")) {
      harness.skipTimeAndGiveUpAfter(Duration.ofSeconds(1));
    } else {
      harness.skipTime();
    }
  }

  private static boolean isSmall(String length) {
    return length.equals("null") || Integer.parseInt(length) <= 1_000;
  }

  /** The same for the commands that ask the API; 0 where nothing is wrong with the answer. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "endless          | 1 | 1",
        "endless error    | 2 | 2",
        "endless headers  | 1 | 1",
        "gzip bomb        | 1 | 1",
        "cut              | 1 | 1",
        "longer than said | 1 | 1",
        "no answer        | 1 | 1",
        "drip             | 1 | 1",
        "drip error       | 2 | 2",
        "drip headers     | 1 | 1",
        "no json          | 1 | 1",
        "deep             | 1 | 1",
        "many             | 1 | 1",
        "redirect         | 2 | 2",
        "echo             | 2 | 2",
        "echo no http     | 1 | 1",
        "rate             | 1 | 1",
        "rate for long    | 1 | 1",
        "broken           | 1 | 1",
        "growing cursors  | 1 | 1",
        "looping cursor   | 1 | 1",
        "negative total   | 0 | 1",
        "huge video id    | 1 | 1",
        "escapes          | 0 | 0",
      })
  void aCommandEndsByItself(String name, int job, int integrations) throws Exception {
    try (HostileApi api = new HostileApi(harness.url(), on("all"), behaviours().get(name))) {
      skipTime(name);
      String[] options = {"--apiUrl=" + api.url(), "--apiKeySecret=file:" + harness.keyFile()};

      Outcome shown = harness.command("job", "ij_1", "--videos", options[0], options[1]);
      Outcome listed = harness.command("integrations", "list", options[0], options[1]);

      assertThat(List.of(shown.exitCode(), listed.exitCode()))
          .as(shown + "\n" + listed)
          .containsExactly(job, integrations);
      assertIsFitToBeShown(shown);
      assertIsFitToBeShown(listed);
      assertThat(api.requests()).hasSizeLessThan(1_200);
    }
  }

  private static void assertIsFitToBeShown(Outcome outcome) {
    String shown = outcome.out() + outcome.err();
    assertThat(shown).doesNotContain(ImportHarness.KEY).doesNotContain("\tat ");
    assertThat(shown.codePoints().filter(HostileApiTest::isObeyed).toArray()).isEmpty();
    assertThat(shown.lines()).noneMatch(line -> line.startsWith("PWNED"));
  }

  private static boolean isObeyed(int character) {
    return character == 0x202E
        || (Character.getType(character) == Character.CONTROL
            && character != '\n'
            && character != '\t');
  }

  private static void say(OutputStream out, int status, String body, String... headers)
      throws IOException {
    HostileApi.write(out, status, body.getBytes(UTF_8), headers);
  }

  private static void say(OutputStream out, int status, byte[] body, String... headers)
      throws IOException {
    HostileApi.write(out, status, body, headers);
  }

  private static void forEver(OutputStream out, int status, String chunk) throws IOException {
    HostileApi.head(out, status, "");
    while (true) {
      out.write(chunk.getBytes(UTF_8));
    }
  }

  /** Each byte comes in time; the whole never does. */
  private static void drip(OutputStream out, int status, String... headers) throws IOException {
    HostileApi.head(out, status, headers);
    try {
      while (true) {
        out.write('x');
        out.flush();
        TimeUnit.MILLISECONDS.sleep(50);
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private static void headersForEver(OutputStream out) throws IOException {
    HostileApi.head(out, 200);
    for (long i = 0; ; i++) {
      out.write(("X-" + i + ": " + "y".repeat(1_000) + "\r\n").getBytes(UTF_8));
    }
  }

  private static void cut(OutputStream out) throws IOException {
    HostileApi.head(out, 200, "Content-Length: 1000", "");
    out.write("{\"total\":2,".getBytes(UTF_8));
  }

  private static void longer(OutputStream out) throws IOException {
    HostileApi.head(out, 200, "Content-Length: 5", "");
    out.write("{\"valid\":true,\"videos\":[]}".getBytes(UTF_8));
  }

  private static byte[] bomb() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream zipped = new GZIPOutputStream(bytes)) {
      byte[] block = new byte[1 << 20];
      for (int i = 0; i < 40; i++) {
        zipped.write(block);
      }
    }
    return bytes.toByteArray();
  }

  private static String echo(Request request) {
    return "[\"" + request.headers().get("x-api-key") + "\",\"" + request.headers() + "\"]";
  }

  /** A page of the two videos, or of those that have an id. */
  private static String page(int total, boolean more, String cursor, String a, String b) {
    return "{\"total\":%d,\"has_more\":%b,\"next_cursor\":%s,\"videos\":[%s]}"
        .formatted(
            total,
            more,
            cursor == null ? "null" : "\"" + cursor + "\"",
            a == null ? "" : row("a", a) + (b == null ? "" : "," + row("b", b)));
  }

  private static String row(String name, String id) {
    return "{\"video_id\":\"%s\",\"status\":\"UPLOADED\",\"import_source_uri\":\"s3://drive-data/%s.mp4\"}"
        .formatted(id, name);
  }

  /** At once a job, a page and a list of integrations. */
  private static String escapes() {
    String text = "\"" + ESCAPE + "\"";
    return ("{\"job_id\":%1$s,\"bucket\":%1$s,\"created_at\":%1$s,\"total\":2,\"videos\":[%2$s,"
            + "{\"video_id\":%1$s,\"status\":\"UPLOADING_FAILED\",\"error\":%1$s,"
            + "\"import_source_uri\":\"s3://drive-data/b.mp4\"}],"
            + "\"integrations\":[{\"id\":\"i\",\"name\":%1$s,\"bucket\":%1$s}]}")
        .formatted(text, row("a", ESCAPE));
  }
}
