package com.nomadicml.beam.api;

import static com.nomadicml.beam.api.ApiFixtures.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.nomadicml.beam.api.ApiException.Kind;
import com.nomadicml.beam.api.ScriptedServer.Answer;
import com.nomadicml.beam.model.Provider;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every call ends, in a small heap, whatever an answer does; and reads no more than it needs. */
@Tag("small-heap")
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileAnswersTest {
  private static final SubmitRequest IMPORT =
      new SubmitRequest(Provider.S3, "b", null, null, "user", List.of("a.mp4"), List.of());

  private final ScriptedServer server = new ScriptedServer();
  private final CountDownLatch ended = new CountDownLatch(1);

  @AfterEach
  void stop() {
    ended.countDown();
    server.close();
  }

  /** One call of the API, by the name that a failed test shows. */
  record Call(String name, Action action) {
    interface Action {
      Object on(NomadicApi api) throws ApiException;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Call> calls() {
    return Stream.of(
        new Call("verify", NomadicApi::verifyKey),
        new Call("folder", api -> api.createOrGetFolder("f", "user")),
        new Call("job", api -> api.importJob("ij_1")),
        new Call("page", api -> api.importJobVideos("ij_1", PageRequest.first(500))),
        new Call("large page", api -> api.importJobVideos("ij_1", PageRequest.first(50_000))),
        new Call("video", api -> api.videoStatus("v")),
        new Call("integrations", NomadicApi::integrations),
        new Call("setup", NomadicApi::storageTransferSetup),
        new Call("submit", api -> api.submit(IMPORT, "k")));
  }

  @ParameterizedTest
  @MethodSource("calls")
  void anAnswerWithoutEndIsGivenUp(Call call) {
    server.then(endless(200, "[\"x\",".repeat(2_000)));
    ApiException thrown = fails(call);
    assertThat(thrown).hasMessageContaining("an answer of more than");
    assertThat(server.requests()).hasSize(1);
    assertThat(thrown.kind())
        .isEqualTo(call.name().equals("submit") ? Kind.OUTCOME_UNKNOWN : Kind.PERMANENT);
  }

  @ParameterizedTest
  @MethodSource("calls")
  void anAnswerThatUnpacksWithoutEndIsGivenUp(Call call) throws IOException {
    byte[] bomb = zipped(1 << 26);
    server.then(Answer.bytes(200, bomb, "Content-Encoding", "gzip"));
    assertThat(fails(call)).hasMessageContaining("an answer of more than");
    assertThat(server.requests()).hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("calls")
  void anErrorWithoutEndHasItsStatusAndTheBeginningOfItsWords(Call call) {
    server.then(endless(403, "{\"detail\":\"Access denied" + "x".repeat(9_000)));
    ApiException thrown = fails(call);
    assertThat(thrown.status()).isEqualTo(403);
    assertThat(thrown.getMessage()).contains("Access denied").hasSizeLessThan(600);
  }

  @Test
  void anErrorThatUnpacksWithoutEndHasItsStatus() throws IOException {
    server.then(Answer.bytes(402, zipped(1 << 26), "Content-Encoding", "gzip"));
    server.then(402, "no gzip at all", "Content-Encoding", "gzip");
    assertThat(fails(new Call("verify", NomadicApi::verifyKey)).status()).isEqualTo(402);
    assertThat(fails(new Call("verify", NomadicApi::verifyKey)).status()).isEqualTo(402);
  }

  /** Each byte comes in time; the whole never does. */
  @ParameterizedTest
  @MethodSource("calls")
  void anAnswerThatDripsIsGivenUp(Call call) {
    server.times(2, dripping(200));
    ApiException thrown =
        catchThrowableOfType(
            ApiException.class,
            () ->
                call.action()
                    .on(
                        HttpNomadicApi.builder(server.url(), KEY)
                            .timeout(Duration.ofMillis(200))
                            .sleeper(wait -> {})
                            .build()));
    assertThat(thrown).hasMessageContaining("no whole answer within");
    assertThat(server.requests()).hasSize(call.name().equals("submit") ? 1 : 2);
  }

  @Test
  void anErrorThatDripsHasItsStatus() {
    server.then(dripping(403));
    NomadicApi api =
        HttpNomadicApi.builder(server.url(), KEY).timeout(Duration.ofMillis(200)).build();
    assertThat(catchThrowableOfType(ApiException.class, api::verifyKey).status()).isEqualTo(403);
  }

  @ParameterizedTest
  @MethodSource("calls")
  void aDeepAnswerIsNoAnswer(Call call) {
    server.times(5, Answer.of(200, "{\"videos\":" + "[".repeat(400_000)));
    assertThat(fails(call)).hasMessageContaining("can't be read");
    server.times(5, Answer.of(200, "{\"a\":".repeat(99_000) + "1" + "}".repeat(99_000)));
    assertThat(fails(call)).hasMessageContaining("can't be read");
  }

  @ParameterizedTest
  @MethodSource("calls")
  void manyValuesAreNoAnswer(Call call) {
    String many = "{\"videos\":[" + "{},".repeat(300_000) + "{}]}";
    server.times(5, Answer.of(200, many));
    ApiException thrown = catchThrowableOfType(ApiException.class, () -> call.action().on(api()));
    if (thrown != null) {
      assertThat(thrown).hasMessageMatching(".*(can't be read|more than \\d+ bytes).*");
    }
  }

  @ParameterizedTest
  @MethodSource("calls")
  void aRedirectIsNeverFollowed(Call call) {
    for (int status : new int[] {301, 302, 303, 307, 308}) {
      server.then(status, "", "Location", server.url() + "/elsewhere");
      assertThat(fails(call)).hasMessageContaining("redirect").hasMessageContaining("--apiUrl");
    }
    assertThat(server.requests())
        .extracting(ScriptedServer.Request::path)
        .noneMatch("/elsewhere"::equals);
  }

  @Test
  void aCookieIsNotKept() throws ApiException {
    server.times(2, Answer.of(200, "{}", "Set-Cookie", "session=1; Path=/"));
    NomadicApi api = api();
    api.verifyKey();
    api.verifyKey();
    assertThat(server.requests()).allMatch(request -> request.header("Cookie") == null);
  }

  @Test
  void textsOfARowAreCutToTheirColumnsAndSaySo() throws ApiException {
    String long1 = "x".repeat(3_000_000);
    String row =
        "{\"video_id\":\"%s\",\"status\":\"%s\",\"error\":\"%s\",\"import_source_uri\":\"%s\"}";
    server.then(
        200,
        "{\"total\":-5,\"videos\":["
            + row.formatted(long1 + "a", "UPLOADED", "no", "s3://b/a.mp4")
            + ","
            + row.formatted(long1 + "b", long1, long1, "s3://b/" + long1)
            + "]}");

    VideoPage page = api().importJobVideos("ij_1", PageRequest.first(500));

    assertThat(page.total()).isZero();
    VideoRow first = page.videos().get(0);
    VideoRow second = page.videos().get(1);
    assertThat(first.videoId()).contains("[3000001 characters, sha256 ").hasSizeLessThan(200);
    assertThat(second.videoId()).isNotEqualTo(first.videoId());
    assertThat(first.status()).isEqualTo("UPLOADED");
    assertThat(first.sourceUri()).isEqualTo("s3://b/a.mp4");
    assertThat(second.status()).contains("[3000000 characters]").hasSizeLessThan(150);
    assertThat(second.error()).contains("[3000000 characters]").hasSizeLessThan(600);
    assertThat(second.sourceUri()).contains("[3000007 characters]").hasSizeLessThan(10_100);
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "..", "../../keys/verify", "a\\nb", "a\\u0000b", "x/../y"})
  void anImportJobIdThatNoRequestCanNameLeavesTheImportInDoubt(String id) {
    server.then(200, "{\"import_job_id\":\"" + id + "\"}");
    ApiException thrown = fails(new Call("submit", api -> api.submit(IMPORT, "k")));
    assertThat(thrown.kind()).isEqualTo(Kind.OUTCOME_UNKNOWN);
  }

  @Test
  void idsThatAreTooLongAreNone() throws ApiException {
    String id = "x".repeat(201);
    server.then(200, "{\"import_job_id\":\"" + id + "\"}");
    assertThat(fails(new Call("submit", api -> api.submit(IMPORT, "k"))).kind())
        .isEqualTo(Kind.OUTCOME_UNKNOWN);
    server.then(200, "[{\"id\":\"" + id + "\"},{\"id\":\"ok\"}]");
    assertThat(api().integrations()).extracting(Integration::id).containsExactly("ok");
    server.then(200, "{\"uploaded_video_ids\":[\"a\",\"" + id + "\",\"c\"]}");
    assertThat(api().submit(IMPORT, "k").uploadedVideoIds()).containsExactly("a", "", "c");
    server.then(200, "{\"has_more\":true,\"next_cursor\":\"" + id.repeat(5) + "\",\"videos\":[]}");
    assertThat(api().importJobVideos("ij_1", PageRequest.first(1)).nextCursor()).isNull();
  }

  private NomadicApi api() {
    return ApiFixtures.api(server);
  }

  private ApiException fails(Call call) {
    ApiException thrown = catchThrowableOfType(ApiException.class, () -> call.action().on(api()));
    assertThat(thrown).as(call.name()).isNotNull();
    return thrown;
  }

  /** Goes on until the client hangs up. */
  private static Answer endless(int status, String chunk) {
    return exchange -> {
      exchange.sendResponseHeaders(status, 0);
      byte[] bytes = chunk.getBytes(StandardCharsets.UTF_8);
      try (OutputStream body = exchange.getResponseBody()) {
        while (true) {
          body.write(bytes);
        }
      } catch (IOException hungUp) {
        exchange.close();
      }
    };
  }

  /** A byte every few milliseconds, until the test ends or the client hangs up. */
  private Answer dripping(int status) {
    return exchange -> {
      Thread thread =
          new Thread(
              () -> {
                try (OutputStream body = exchange.getResponseBody()) {
                  while (!ended.await(20, TimeUnit.MILLISECONDS)) {
                    body.write(' ');
                    body.flush();
                  }
                } catch (IOException | InterruptedException hungUp) {
                  exchange.close();
                }
              });
      exchange.sendResponseHeaders(status, 0);
      thread.start();
    };
  }

  private static byte[] zipped(int zeros) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      byte[] block = new byte[1 << 20];
      for (int written = 0; written < zeros; written += block.length) {
        out.write(block);
      }
    }
    return bytes.toByteArray();
  }
}
