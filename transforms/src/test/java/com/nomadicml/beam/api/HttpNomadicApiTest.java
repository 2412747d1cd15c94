package com.nomadicml.beam.api;

import static com.nomadicml.beam.api.ApiFixtures.KEY;
import static com.nomadicml.beam.api.ApiFixtures.api;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nomadicml.beam.api.ScriptedServer.Request;
import com.nomadicml.beam.model.Provider;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import javax.annotation.Nullable;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which call is which request: method, path, query and headers. */
class HttpNomadicApiTest {
  private static final String JOB = "{\"import_job_id\":\"ij_1\"}";
  private static final String ID = "{\"id\":\"x\"}";

  private final ScriptedServer server = new ScriptedServer();

  @AfterEach
  void stop() {
    server.close();
  }

  /** One call of the client. */
  @FunctionalInterface
  interface Call {
    void on(NomadicApi api) throws ApiException;
  }

  static Stream<Arguments> calls() {
    return Stream.of(
        call("POST", "/api/keys/verify", null, "{}", NomadicApi::verifyKey),
        call(
            "POST",
            "/api/folders/create-or-get",
            null,
            ID,
            api -> api.createOrGetFolder("Marketing", "org")),
        call("POST", "/api/folders", null, ID, api -> api.createFolder("Marketing", "org", null)),
        call(
            "GET",
            "/api/folders/get",
            "name=Q%26A%20%231%2B%C3%A4&scope=org",
            ID,
            api -> api.getFolder(" Q&A #1+ä ", "org")),
        call("POST", "/api/gcs/upload", null, JOB, api -> submit(api, Provider.GCS)),
        call("POST", "/api/s3/upload", null, JOB, api -> submit(api, Provider.S3)),
        call("POST", "/api/hf-buckets/upload", null, JOB, api -> submit(api, Provider.HF)),
        call("GET", "/api/import-jobs/ij_1", null, "{}", api -> api.importJob("ij_1")),
        call(
            "GET",
            "/api/import-jobs/ij_1/videos",
            "limit=500",
            "{\"videos\":[]}",
            api -> api.importJobVideos("ij_1", PageRequest.first(500))),
        call(
            "GET",
            "/api/video/0f3a/status",
            "firebase_collection_name=videos",
            "{}",
            api -> api.videoStatus("0f3a")),
        call("GET", "/api/cloud-integrations", null, "[]", NomadicApi::integrations),
        call("GET", "/api/cloud-integrations/int1", null, ID, api -> api.getIntegration("int1")),
        call(
            "POST",
            "/api/cloud-integrations/hf-bucket",
            null,
            ID,
            api -> api.addIntegration(NewIntegration.hfBucket("Hub", "acme/drives", null, "hf_t"))),
        call(
            "GET",
            "/api/cloud-integrations/s3-storage-transfer/setup",
            null,
            "{}",
            NomadicApi::storageTransferSetup),
        call(
            "DELETE",
            "/api/cloud-integrations/int1",
            null,
            "{}",
            api -> api.deleteIntegration("int1")));
  }

  private static Arguments call(
      String method, String path, @Nullable String query, String answer, Call call) {
    return arguments(method, path, query, answer, call);
  }

  private static void submit(NomadicApi api, Provider provider) throws ApiException {
    SubmitRequest request =
        new SubmitRequest(provider, "b", "int1", null, "user", List.of("a.mp4"), List.of());
    api.submit(request, UUID.randomUUID().toString());
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("calls")
  void everyCallIsOneRequestWithTheKey(
      String method, String path, @Nullable String query, String answer, Call call)
      throws ApiException {
    server.then(200, answer);
    call.on(api(server));
    Request sent = server.onlyRequest();
    assertThat(sent.method()).isEqualTo(method);
    assertThat(sent.path()).isEqualTo(path);
    assertThat(sent.query()).isEqualTo(query);
    assertThat(sent.header("X-API-Key")).isEqualTo(KEY);
    assertThat(sent.header("User-Agent")).startsWith("nomadic-import-beam/");
    String requestId = sent.header("X-Request-ID");
    assertThat(UUID.fromString(requestId).version()).isEqualTo(4);
    assertThat(sent.header("Idempotency-Key")).isEqualTo(method.equals("GET") ? null : requestId);
    boolean hasBody = !sent.body().isEmpty();
    assertThat(sent.header("Content-Type")).isEqualTo(hasBody ? "application/json" : null);
    assertThat(hasBody).isEqualTo(method.equals("POST") && !path.equals("/api/keys/verify"));
  }

  @Test
  void everyCallHasItsOwnRequestId() throws ApiException {
    server.then(200, "{}").then(200, "{}");
    NomadicApi api = api(server);
    api.verifyKey();
    api.verifyKey();
    assertThat(server.requests()).extracting(r -> r.header("X-Request-ID")).doesNotHaveDuplicates();
  }

  @Test
  void bothSpellingsOfTheKeyAreSent() throws ApiException {
    server.then(200, "[]");
    api(server).integrations();
    assertThat(server.onlyRequest().header("Authorization")).isEqualTo("Bearer " + KEY);
  }

  @Test
  void theBaseUrlsPathIsKept() throws ApiException {
    server.then(200, "{}");
    HttpNomadicApi.builder(server.url().resolve("/proxy/"), KEY).build().verifyKey();
    assertThat(server.onlyRequest().path()).isEqualTo("/proxy/api/keys/verify");
  }

  @Test
  void folderBodyHoldsWhatIsGiven() throws Exception {
    server.then(200, ID).then(200, ID).then(200, ID);
    NomadicApi api = api(server);
    api.createOrGetFolder("  Marketing ", "org");
    api.createFolder("Marketing", "user", "all clips");
    api.createFolder("Marketing", "user", null);
    assertThat(server.requests())
        .extracting(Request::json)
        .containsExactly(
            tree("{'name':'Marketing','scope':'org'}"),
            tree("{'name':'Marketing','scope':'user','description':'all clips'}"),
            tree("{'name':'Marketing','scope':'user'}"));
  }

  @Test
  void aFolderWithoutANameIsRefusedBeforeItIsSent() {
    assertThatThrownBy(() -> api(server).createOrGetFolder(" \t", "user"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("name");
    assertThat(server.requests()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a/b", "a b", "a?b", "a#b", "a%2Fb", "a+b", "a..b", "ä;="})
  void idsWithOddCharactersStayOneSegment(String id) throws ApiException {
    server.then(200, "{}").then(200, "{\"videos\":[]}").then(200, ID).then(204, "");
    NomadicApi api = api(server);
    api.importJob(id);
    api.importJobVideos(id, PageRequest.first(1));
    api.getIntegration(id);
    api.deleteIntegration(id);
    assertThat(server.requests()).extracting(r -> segment(r.path(), 3)).containsOnly(id);
    assertThat(server.requests()).extracting(r -> r.path().split("/").length).contains(4, 5);
  }

  @ParameterizedTest
  @MethodSource("noIds")
  void anIdThatCanStandInNoPathIsRefusedBeforeAnythingIsSent(String id) {
    NomadicApi api = api(server);
    List<ThrowingCallable> calls =
        List.of(
            () -> api.importJob(id),
            () -> api.importJobVideos(id, PageRequest.first(1)),
            () -> api.videoStatus(id),
            () -> api.getIntegration(id),
            () -> api.deleteIntegration(id));
    for (ThrowingCallable call : calls) {
      assertThatThrownBy(call)
          .isInstanceOfSatisfying(
              ApiException.class, e -> assertThat(e.kind()).isEqualTo(ApiException.Kind.PERMANENT))
          .hasMessageContaining("no request can name it")
          .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200));
    }
    assertThat(server.requests()).isEmpty();
  }

  static Stream<String> noIds() {
    return Stream.of(
        "",
        " ",
        ".",
        "..",
        "../admin",
        "a/../b",
        "a\\..\\b",
        "a\nb",
        "a\u0000",
        "\u009b",
        "\ud800",
        "x".repeat(201));
  }

  @Test
  void pagesAreAskedForByCursorOrByOffset() throws ApiException {
    server.times(3, ScriptedServer.Answer.of(200, "{\"videos\":[]}"));
    NomadicApi api = api(server);
    api.importJobVideos("ij_1", PageRequest.after(200, "0f/3a +&"));
    api.importJobVideos("ij_1", PageRequest.after(200, null));
    api.importJobVideos("ij_1", PageRequest.at(50, 100));
    assertThat(server.requests())
        .extracting(Request::query)
        .containsExactly("limit=200&cursor=0f%2F3a%20%2B%26", "limit=200", "limit=50&offset=100");
  }

  @Test
  void aCursorAndAnOffsetTogetherAreRefused() {
    assertThatThrownBy(() -> new PageRequest(10, "0f3a", 20))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("never both");
    assertThatThrownBy(() -> PageRequest.first(0)).hasMessageContaining("at least 1");
  }

  @Test
  void anOffsetOnAMultiViewJobIsRefusedForGood() {
    server.then(400, "{\"detail\":\"offset is not supported for multi-view import jobs\"}");
    assertThatThrownBy(() -> api(server).importJobVideos("ij_1", PageRequest.at(50, 0)))
        .isInstanceOfSatisfying(
            ApiException.class, e -> assertThat(e.kind()).isEqualTo(ApiException.Kind.PERMANENT))
        .hasMessageContaining("offset is not supported");
    assertThat(server.requests()).hasSize(1);
  }

  private static String segment(String path, int index) {
    // The form decoder is the exact inverse only if no literal plus is left in the path.
    assertThat(path).doesNotContain("+");
    return URLDecoder.decode(path.split("/")[index], StandardCharsets.UTF_8);
  }

  private static JsonNode tree(String json) throws Exception {
    return new ObjectMapper().readTree(json.replace('\'', '"'));
  }
}
