package com.nomadicml.beam.api;

import static com.nomadicml.beam.api.ApiFixtures.api;
import static com.nomadicml.beam.api.ApiFixtures.json;
import static com.nomadicml.beam.api.ApiFixtures.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nomadicml.beam.api.ApiException.Kind;
import com.nomadicml.beam.model.Provider;
import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Import requests: exact bodies, and what their answers are taken for. */
class SubmitTest {
  private static final String IDEMPOTENCY_KEY = "5b0c9a52-7c0c-4d4e-9a35-1f0a5e2f7c11";

  private final ScriptedServer server = new ScriptedServer();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void gcsSingleVideos() throws ApiException {
    assertSent(
        videos(Provider.GCS, "drives", "int1", null, "user", "videos/run1.mp4"),
        "/api/gcs/upload",
        "gcs-single");
    // An explicit null, not a missing member.
    assertThat(server.onlyRequest().json().get("folder_id").isNull()).isTrue();
  }

  @Test
  void s3SingleVideos() throws ApiException {
    assertSent(
        videos(
            Provider.S3,
            "drive-monitor-archive",
            "aws-prod",
            "fld_1",
            "org",
            "2024-09-01/front.mp4"),
        "/api/s3/upload",
        "s3-single");
  }

  @Test
  void anAbsentIntegrationIsLeftOut() throws ApiException {
    assertSent(
        videos(Provider.S3, "drive-monitor-archive", null, "fld_1", "org", "2024-09-01/front.mp4"),
        "/api/s3/upload",
        "s3-single-without-integration");
    assertThat(server.onlyRequest().json().has("integration_id")).isFalse();
  }

  @Test
  void huggingFaceSingleVideos() throws ApiException {
    assertSent(
        videos(Provider.HF, "acme/drives", null, null, "user", "runs/clip_001.mp4"),
        "/api/hf-buckets/upload",
        "hf-single");
  }

  @Test
  void s3MultiViewSets() throws ApiException {
    Map<String, String> views =
        Map.of(
            "front", "s3://drive-monitor/trip-042/front.mp4",
            "left", "s3://drive-monitor/trip-042/left.mp4");
    assertSent(
        sets(Provider.S3, "drive-monitor", "aws-prod", "fld_1", "org", List.of(views)),
        "/api/s3/upload",
        "s3-multi-view");
  }

  @Test
  void gcsMultiViewSets() throws ApiException {
    Map<String, String> both =
        Map.of("front", "gs://drives/trip-1/front.mp4", "rear", "gs://drives/trip-1/rear.mp4");
    Map<String, String> front = Map.of("front", "gs://drives/trip-2/front.mp4");
    assertSent(
        sets(Provider.GCS, "drives", "int1", null, "user", List.of(both, front)),
        "/api/gcs/upload",
        "gcs-multi-view");
  }

  @Test
  void theCollectionIsTheBuilders() throws ApiException {
    server.then(200, text("submitted"));
    HttpNomadicApi.builder(server.url(), ApiFixtures.KEY)
        .collection("videos_dev")
        .build()
        .submit(video("a.mp4"), IDEMPOTENCY_KEY);
    assertThat(server.onlyRequest().json().get("collection").asText()).isEqualTo("videos_dev");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "two words.mp4",
        "a+b.mp4",
        "100%25.mp4",
        "what?.mp4",
        "take#2.mp4",
        "//double//slash.mp4",
        "Straße/夜/🚗.mp4",
        "quote\"back\\slash.mp4",
        "tab\there.MP4 ",
        "../up.mp4",
      })
  void keysGoOutLiterally(String key) throws ApiException {
    server.times(2, ScriptedServer.Answer.of(200, text("submitted")));
    NomadicApi api = api(server);
    api.submit(video(key), IDEMPOTENCY_KEY);
    Map<String, String> views = Map.of("front", "s3://b/" + key);
    api.submit(sets(Provider.S3, "b", null, null, "user", List.of(views)), IDEMPOTENCY_KEY);
    assertThat(server.requests().get(0).json().at("/keys/0").asText()).isEqualTo(key);
    assertThat(server.requests().get(1).json().at("/sets/0/views/front").asText())
        .isEqualTo("s3://b/" + key);
  }

  @Test
  void keysKeepTheirOrder() throws ApiException {
    server.then(200, text("submitted"));
    List<String> keys = List.of("z.mp4", "a.mp4", "m.mp4");
    api(server)
        .submit(
            new SubmitRequest(Provider.S3, "b", null, null, "user", keys, List.of()),
            IDEMPOTENCY_KEY);
    assertThat(server.onlyRequest().json().get("keys"))
        .extracting(node -> node.asText())
        .containsExactlyElementsOf(keys);
  }

  @Test
  void theCallersIdempotencyKeyIsSentEveryTime() throws ApiException {
    server.then(200, text("submitted")).then(200, text("submitted"));
    NomadicApi api = api(server);
    api.submit(video("a.mp4"), IDEMPOTENCY_KEY);
    api.submit(video("a.mp4"), IDEMPOTENCY_KEY);
    assertThat(server.requests())
        .extracting(r -> r.header("Idempotency-Key"))
        .containsOnly(IDEMPOTENCY_KEY);
    assertThat(server.requests())
        .extracting(r -> r.header("X-Request-ID"))
        .containsOnly(IDEMPOTENCY_KEY);
  }

  @Test
  void anotherCollectionIsAnotherRequest() throws ApiException {
    for (String collection : List.of("videos", "videos_dev", "videos_dev", "videos_old")) {
      server.then(200, text("submitted"));
      HttpNomadicApi.builder(server.url(), "nmd_5ecret")
          .collection(collection)
          .build()
          .submit(video("a.mp4"), IDEMPOTENCY_KEY);
    }
    List<String> keys = server.requests().stream().map(r -> r.header("Idempotency-Key")).toList();
    assertThat(keys.get(0)).isEqualTo(IDEMPOTENCY_KEY);
    assertThat(keys.get(2)).isEqualTo(keys.get(1));
    assertThat(keys.stream().distinct()).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 201, 202})
  void anyAcknowledgementBringsTheJob(int status) throws ApiException {
    server.then(status, "{\"import_job_id\":\"ij_1\",\"status\":\"queued\",\"more\":[{}]}");
    SubmitAnswer answer = api(server).submit(video("a.mp4"), IDEMPOTENCY_KEY);
    assertThat(answer).isEqualTo(new SubmitAnswer("ij_1", List.of()));
  }

  @Test
  void theOlderAnswerBringsVideoIdsInOrder() throws ApiException {
    server.then(200, "{\"uploaded_video_ids\":[\"9c\",\"0f\"]}");
    SubmitAnswer answer = api(server).submit(video("a.mp4"), IDEMPOTENCY_KEY);
    assertThat(answer).isEqualTo(new SubmitAnswer(null, List.of("9c", "0f")));
  }

  @Test
  void theOlderAnswerOfNoVideosIsARefusal() {
    server.then(200, "{\"uploaded_video_ids\":[]}");
    assertThatThrownBy(() -> api(server).submit(video("a.mp4"), IDEMPOTENCY_KEY))
        .isInstanceOfSatisfying(
            ApiException.class, e -> assertThat(e.kind()).isEqualTo(Kind.PERMANENT))
        .hasMessageContaining("none of the videos");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"import_job_id\":\" \"}",
        "{\"import_job_id\":null,\"uploaded_video_ids\":null}",
        "[]",
        "OK",
      })
  void anAcknowledgementOfNothingLeavesTheOutcomeUnknown(String body) {
    server.then(200, body);
    assertThatThrownBy(() -> api(server).submit(video("a.mp4"), IDEMPOTENCY_KEY))
        .isInstanceOfSatisfying(
            ApiException.class, e -> assertThat(e.kind()).isEqualTo(Kind.OUTCOME_UNKNOWN))
        .hasMessageContaining(body);
    assertThat(server.requests()).hasSize(1);
  }

  private void assertSent(SubmitRequest request, String path, String fixture) throws ApiException {
    server.then(200, text("submitted"));
    SubmitAnswer answer = api(server).submit(request, IDEMPOTENCY_KEY);
    assertThat(server.onlyRequest().path()).isEqualTo(path);
    assertThat(server.onlyRequest().json()).isEqualTo(json(fixture));
    assertThat(answer.importJobId()).isEqualTo("ij_a1b2c3d4e5f6");
  }

  private static SubmitRequest video(String key) {
    return videos(Provider.S3, "b", null, null, "user", key);
  }

  private static SubmitRequest videos(
      Provider provider,
      String bucket,
      @Nullable String integrationId,
      @Nullable String folderId,
      String scope,
      String key) {
    return new SubmitRequest(
        provider, bucket, integrationId, folderId, scope, List.of(key), List.of());
  }

  private static SubmitRequest sets(
      Provider provider,
      String bucket,
      @Nullable String integrationId,
      @Nullable String folderId,
      String scope,
      List<Map<String, String>> sets) {
    return new SubmitRequest(provider, bucket, integrationId, folderId, scope, List.of(), sets);
  }
}
