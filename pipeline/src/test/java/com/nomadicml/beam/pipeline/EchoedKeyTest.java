package com.nomadicml.beam.pipeline;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nomadicml.beam.pipeline.HostileApi.Behaviour;
import com.nomadicml.beam.pipeline.HostileApi.Request;
import com.nomadicml.beam.pipeline.ImportHarness.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.logging.StreamHandler;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An API that says the key again, in any form and place: no command shows, logs or keeps it. */
class EchoedKeyTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Logger ROOT = Logger.getLogger("");
  private static final Logger OURS = Logger.getLogger("com.nomadicml");
  private static final String KEY = ImportHarness.KEY;
  private static final List<String> FORMS = forms();
  private static final List<String> LETTERS =
      FORMS.stream().map(EchoedKeyTest::letters).filter(form -> !form.isEmpty()).toList();

  @TempDir private Path directory;
  private ImportHarness harness;

  /** All that is logged, by us and by Beam. */
  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();

  private final Handler log = new StreamHandler(logged, new SimpleFormatter());

  @BeforeEach
  void start() {
    harness = ImportHarness.start(directory, ImportHarness.fast());
    harness.skipTime();
    log.setLevel(Level.ALL);
    OURS.setLevel(Level.ALL);
    ROOT.addHandler(log);
  }

  @AfterEach
  void stop() {
    ROOT.removeHandler(log);
    OURS.setLevel(null);
    harness.close();
  }

  private static List<String> forms() {
    byte[] bytes = KEY.getBytes(UTF_8);
    Base64.Encoder base64 = Base64.getEncoder();
    String hex = HexFormat.of().formatHex(bytes);
    return List.of(
        KEY,
        "Bearer " + KEY,
        base64.encodeToString(bytes),
        base64.withoutPadding().encodeToString(bytes),
        base64.encodeToString(("user:" + KEY).getBytes(UTF_8)),
        Base64.getUrlEncoder().encodeToString(bytes),
        Base64.getMimeEncoder(20, "\r\n".getBytes(UTF_8)).encodeToString(bytes),
        hex,
        hex.toUpperCase(Locale.ROOT),
        hex.substring(0, 20) + hex.substring(20).toUpperCase(Locale.ROOT),
        HexFormat.ofDelimiter(" ").formatHex(bytes),
        each("%c "::formatted),
        each("%c\n"::formatted),
        each("%c\u200b"::formatted),
        each("%%%02X"::formatted),
        URLEncoder.encode(base64.encodeToString(bytes), UTF_8),
        each("\\u%04x"::formatted),
        each("&#%d;"::formatted));
  }

  private static String each(IntFunction<String> form) {
    return KEY.chars().mapToObj(form).collect(joining());
  }

  /** As JSON has to write it, and as it may: every character escaped. */
  private static Stream<String> inJson(String text) {
    return Stream.of(
        JSON.getNodeFactory().textNode(text).toString(),
        text.chars().mapToObj("\\u%04x"::formatted).collect(joining("", "\"", "\"")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "401 {\"detail\":%s}",
        "400 {\"error\":{\"message\":%s}}",
        "422 {\"detail\":[{\"loc\":[%1$s],\"msg\":%1$s}]}",
        "403 {\"other\":%s}",
        "400 %s",
        "502 <html><body><p title=%1$s>%1$s",
        "200 [%s",
      })
  void inAnError(String answer) throws IOException {
    for (String text : FORMS.stream().flatMap(EchoedKeyTest::inJson).toList()) {
      assertShowNoKey(
          (request, out) ->
              HostileApi.write(
                  out,
                  Integer.parseInt(answer.substring(0, 3)),
                  answer.substring(4).formatted(text).getBytes(UTF_8)));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%s",
        "HTTP/1.1 %s",
        "HTTP/1.1 200 %s\r\n%s",
        "HTTP/1.1 302 Found\r\nLocation: https://example.com/%s\r\nContent-Length: 0",
        "HTTP/1.1 429 No\r\nRetry-After: %s\r\nContent-Length: 0",
        "HTTP/1.1 200 OK\r\nContent-Length: %s",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%s",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 30\r\n\r\n%s",
      })
  void inWhatIsNoAnswerOfHttp(String answer) throws IOException {
    for (String text : FORMS.stream().filter(form -> !form.contains("\n")).toList()) {
      assertShowNoKey(
          (request, out) -> out.write((answer.replace("%s", text) + "\r\n\r\n").getBytes(UTF_8)));
    }
  }

  private void assertShowNoKey(Behaviour behaviour) throws IOException {
    Path manifest = harness.write("m.txt", "s3://drive-data/a.mp4");
    try (HostileApi api = new HostileApi(harness.url(), request -> true, behaviour)) {
      String url = "--apiUrl=" + api.url();
      String key = "--apiKeySecret=file:" + harness.keyFile();

      for (Outcome outcome :
          List.of(
              harness.importFrom(manifest, url),
              harness.command("job", "ij_1", "--videos", url, key),
              harness.command("integrations", "list", url, key))) {
        assertThat(outcome.exitCode()).isNotEqualTo(ExitCode.OK);
        assertThat(outcome.err()).isNotBlank();
        assertHoldsNoKey("what is printed", outcome.out() + outcome.err());
      }
      assertThat(api.requests()).isNotEmpty();
    }
    assertHoldsNoKey("the log", log());
  }

  /** Every text that a good answer may hold, and every form. */
  @Test
  void inTheAnswersToCommands() throws IOException {
    try (HostileApi api = new HostileApi(harness.url(), request -> true, this::tell)) {
      String url = "--apiUrl=" + api.url();
      String key = "--apiKeySecret=file:" + harness.keyFile();

      Outcome job = harness.command("job", "ij_1", "--videos", url, key);
      Outcome list = harness.command("integrations", "list", url, key);

      assertThat(List.of(job.exitCode(), list.exitCode())).containsOnly(ExitCode.OK);
      assertThat(job.out().lines()).hasSizeGreaterThan(FORMS.size()).anyMatch(isBlotted());
      assertThat(list.out().lines())
          .hasSizeGreaterThanOrEqualTo(FORMS.size())
          .anyMatch(isBlotted());
      assertHoldsNoKey("what is printed", job.toString() + list);
    }
    assertHoldsNoKey("the log", log());
  }

  private static Predicate<String> isBlotted() {
    return line -> line.contains("***");
  }

  @Test
  void inTheAnswersToAnImport() throws Exception {
    try (HostileApi api = new HostileApi(harness.url(), EchoedKeyTest::isTold, this::tell)) {
      Outcome outcome = importThrough(api);

      assertThat(outcome.exitCode()).as(outcome.toString()).isEqualTo(ExitCode.SOME_NOT_UPLOADED);
      assertThat(harness.states()).containsExactly("UPLOADING_FAILED|" + FORMS.size());
      assertThat(
              harness.query("SELECT COUNT(*) FROM import_videos WHERE error_message LIKE '%***%'"))
          .containsExactly(String.valueOf(FORMS.size()));
      assertIsNowhere(outcome);
    }
  }

  private static boolean isTold(Request request) {
    return request.path().matches("/api/(keys|import-jobs)/.*");
  }

  @ParameterizedTest
  @ValueSource(ints = {422, 500, 200})
  void inTheAnswersToARequestToImport(int status) throws Exception {
    AtomicInteger next = new AtomicInteger();
    Behaviour behaviour =
        (request, out) -> {
          // A third of them further on each time: what is in doubt is sent three times.
          List<String> forms = new ArrayList<>(FORMS);
          Collections.rotate(forms, next.getAndIncrement() * FORMS.size() / 3);
          String text = JSON.writeValueAsString(String.join(" | ", forms));
          String body = "{\"detail\":%1$s,\"import_job_id\":[%1$s],\"id\":%1$s}".formatted(text);
          HostileApi.write(out, status, body.getBytes(UTF_8));
        };
    try (HostileApi api =
        new HostileApi(harness.url(), request -> request.path().endsWith("/upload"), behaviour)) {
      Outcome outcome = importThrough(api, "--canary=false");

      assertThat(outcome.exitCode()).as(outcome.toString()).isEqualTo(ExitCode.SOME_NOT_UPLOADED);
      assertThat(harness.states())
          .containsExactly((status == 422 ? "REFUSED|" : "SUBMIT_UNKNOWN|") + FORMS.size());
      assertIsNowhere(outcome);
    }
  }

  private Outcome importThrough(HostileApi api, String... more) {
    Path manifest = harness.write("m.txt", uris().toArray(new String[0]));
    return harness.importFrom(
        manifest,
        Stream.concat(
                Stream.of(more),
                Stream.of(
                    "--apiUrl=" + api.url(),
                    "--awaitTimeout=PT3S",
                    "--deadLetter=" + directory.resolve("dead")))
            .toArray(String[]::new));
  }

  private static List<String> uris() {
    return Stream.iterate(0, i -> i + 1)
        .limit(FORMS.size())
        .map("s3://drive-data/%d.mp4"::formatted)
        .toList();
  }

  private void assertIsNowhere(Outcome outcome) throws IOException {
    assertHoldsNoKey("what is printed", outcome.out() + outcome.err());
    String table = "--statusTable=" + harness.statusTable();
    assertHoldsNoKey("the status", harness.command("status", table).toString());
    assertHoldsNoKey("the log", log());
    assertThat(log()).isNotEmpty();
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> written =
          files
              .filter(file -> Files.isRegularFile(file) && !file.equals(harness.keyFile()))
              .toList();
      assertThat(written).contains(directory.resolve("status.db"));
      for (Path file : written) {
        assertHoldsNoKey(file.toString(), Files.readString(file, ISO_8859_1));
      }
    }
  }

  /** At once what is known of a key, of a job, a page of its videos, and all integrations. */
  private void tell(Request request, OutputStream out) throws IOException {
    String all = String.join(" | ", FORMS);
    ObjectNode answer = JSON.createObjectNode().put("valid", true);
    for (String member : List.of("user_id", "org_id", "expires_at", "created_at")) {
      answer.put(member, all);
    }
    for (String member : List.of("job_id", "source", "bucket", "prefix", "folder_name")) {
      answer.put(member, FORMS.get(member.length()));
    }
    answer.put("total", FORMS.size()).putArray("scope").add(all);
    ArrayNode videos = answer.putArray("videos");
    ArrayNode integrations = answer.putArray("integrations");
    for (String form : FORMS) {
      videos
          .addObject()
          .put("video_id", videos.size() + form)
          .put("status", "UPLOADING_FAILED")
          .put("error", form)
          .put("import_source_uri", uris().get(videos.size() - 1));
      integrations
          .addObject()
          .put("id", form.contains("\n") ? "i" : form)
          .put("name", form)
          .put("type", form)
          .put("bucket", form)
          .put("prefix", form);
    }
    HostileApi.write(out, 200, JSON.writeValueAsBytes(answer));
  }

  private String log() {
    log.flush();
    return logged.toString(UTF_8);
  }

  private static void assertHoldsNoKey(String where, String text) {
    assertThat(text).as(where).doesNotContain(FORMS);
    assertThat(letters(text)).as(where).doesNotContain(LETTERS);
  }

  /** Also of what a terminal is shown of invisible characters. */
  private static String letters(String text) {
    return text.replaceAll("\\\\u[0-9a-f]{4}|\\\\n", "")
        .replaceAll("[^0-9A-Za-z]", "")
        .toLowerCase(Locale.ROOT);
  }
}
