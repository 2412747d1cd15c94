package com.nomadicml.beam.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.nomadicml.beam.emulator.Http.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Contract, section 1: the key, the quota, errors and faults. */
class GatewayTest {
  private static final String LIST = "/api/cloud-integrations";
  private static final String VERIFY = "/api/keys/verify";

  private final ManualClock clock = new ManualClock("2026-07-05T08:09:10Z");
  private final EmulatorOptions options = new EmulatorOptions();
  private Emulator emulator;
  private Http http;

  @BeforeEach
  void start() {
    emulator = Emulator.start(options, clock);
    http = new Http(emulator);
  }

  @AfterEach
  void stop() {
    emulator.close();
  }

  @Test
  void aKeyIsVerified() throws IOException {
    Answer answer = http.send("POST", VERIFY, null, "X-API-Key", "key");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().required("valid").asBoolean()).isTrue();
    assertThat(answer.json().required("scope")).extracting(JsonNode::asText).contains("write");
  }

  @Test
  void aKeyIsNeeded() throws IOException {
    assertThat(http.send("GET", LIST, null).status()).isEqualTo(401);
    assertThat(http.send("POST", VERIFY, null).status()).isEqualTo(401);
    assertThat(http.send("GET", LIST, null, "X-API-Key", " ").status()).isEqualTo(401);
    options.apiKey = "right";
    assertThat(http.send("GET", LIST, null, "X-API-Key", "wrong").status()).isEqualTo(401);
    assertThat(http.send("GET", LIST, null, "x-api-key", "right").status()).isEqualTo(200);
  }

  @Test
  void aBearerTokenAloneIsRefusedOnGet() throws IOException {
    options.apiKey = "key";
    String[] bearer = {"Authorization", "Bearer key"};
    assertThat(http.send("GET", LIST, null, bearer).status()).isEqualTo(401);
    assertThat(http.send("POST", VERIFY, null, bearer).status()).isEqualTo(200);
    assertThat(
            http.send("GET", LIST, null, "Authorization", "Bearer key", "X-API-Key", "key")
                .status())
        .isEqualTo(200);
  }

  @Test
  void sixtyRequestsAMinute() throws IOException {
    for (int i = 0; i < 60; i++) {
      assertThat(http.get(LIST).status()).isEqualTo(200);
      clock.advance(Duration.ofMillis(500));
    }
    Answer refused = http.get(LIST);
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.header("Retry-After")).isEqualTo("30");
    assertThat(refused.detail()).isNotBlank();
    assertThat(emulator.stats().mostInAMinute()).isEqualTo(60);

    clock.advance(Duration.ofMillis(29_999));
    assertThat(http.get(LIST).status()).isEqualTo(429);
    clock.advance(Duration.ofMillis(1));
    assertThat(http.get(LIST).status()).isEqualTo(200);
    assertThat(http.get(LIST).status()).isEqualTo(429);
    assertThat(emulator.stats().byStatus()).isEqualTo(Map.of(200, 61L, 429, 3L));
    assertThat(emulator.stats().byRoute()).isEqualTo(Map.of("GET " + LIST, 64L));
    assertThat(emulator.stats().requests()).isEqualTo(64);
  }

  @Test
  void refusedKeysDoNotCountTowardsTheQuota() throws IOException {
    options.requestsPerMinute = 1;
    assertThat(http.send("GET", LIST, null).status()).isEqualTo(401);
    assertThat(http.get(LIST).status()).isEqualTo(200);
    assertThat(http.get(LIST).status()).isEqualTo(429);
  }

  @Test
  void retryAfterMayBeADateOrMissing() throws IOException {
    options.requestsPerMinute = 1;
    http.get(LIST);
    options.retryAfter = EmulatorOptions.RetryAfter.DATE;
    Answer dated = http.get(LIST);
    assertThat(dated.status()).isEqualTo(429);
    // The form of RFC 9110: the day of the month has two digits.
    assertThat(dated.header("Retry-After")).isEqualTo("Sun, 05 Jul 2026 08:10:10 GMT");
    options.retryAfter = EmulatorOptions.RetryAfter.NONE;
    Answer bare = http.get(LIST);
    assertThat(bare.status()).isEqualTo(429);
    assertThat(bare.header("Retry-After")).isNull();
  }

  @Test
  void theDayHasAQuotaToo() throws IOException {
    options.requestsPerDay = 3;
    for (int i = 0; i < 3; i++) {
      assertThat(http.get(LIST).status()).isEqualTo(200);
      clock.advance(Duration.ofHours(1));
    }
    Answer refused = http.get(LIST);
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.header("Retry-After")).isEqualTo(Integer.toString(21 * 3_600));
    clock.advance(Duration.ofHours(21));
    assertThat(http.get(LIST).status()).isEqualTo(200);
    assertThat(http.get(LIST).status()).isEqualTo(429);
  }

  @Test
  void tooManyRequestsHaveNoEffect() throws IOException {
    options.tooManyRequests = 100;
    Answer answer = importVideo();
    assertThat(answer.status()).isEqualTo(429);
    assertThat(answer.header("Retry-After")).isEqualTo("1");
    assertAccepted(0);
  }

  @Test
  void anErrorBeforeHasNoEffect() throws IOException {
    options.errorBefore = 100;
    assertThat(importVideo().status()).isBetween(500, 599);
    assertAccepted(0);
  }

  @Test
  void anErrorAfterHasAnEffect() throws IOException {
    options.errorAfter = 100;
    Answer answer = importVideo();
    assertThat(answer.status()).isBetween(500, 599);
    assertThat(answer.json().has("import_job_id")).isFalse();
    assertAccepted(1);
    assertThat(http.post("/api/s3/upload", "{}").status()).isEqualTo(422);
  }

  @Test
  void aLostAnswerHasAnEffect() throws IOException {
    options.lostAnswers = 100;
    assertThatThrownBy(this::importVideo).isInstanceOf(IOException.class);
    assertAccepted(1);
    options.lostAnswers = 0;
    assertThat(http.get(LIST).status()).isEqualTo(200);
  }

  @Test
  void aProxysPageIsHtmlAndHasNoEffect() throws IOException {
    options.htmlErrors = 100;
    Answer answer = importVideo();
    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.header("Content-Type")).startsWith("text/html");
    assertThat(answer.body()).startsWith("<html>");
    assertAccepted(0);
  }

  @Test
  void aTruncatedAnswerHasAnEffect() throws IOException {
    options.truncated = 100;
    Answer answer = importVideo();
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isNotEmpty();
    assertThatThrownBy(answer::json).hasMessageContaining("not JSON");
    assertAccepted(1);
  }

  @Test
  void theDetailHasOneOfThreeShapes() throws IOException {
    assertThat(notFound().required("detail").isTextual()).isTrue();
    options.detail = EmulatorOptions.DetailStyle.OBJECT;
    assertThat(notFound().required("detail").required("message").asText()).contains("not found");
    options.detail = EmulatorOptions.DetailStyle.LIST;
    JsonNode item = notFound().required("detail").required(0);
    assertThat(item.required("msg").asText()).contains("not found");
    assertThat(item.required("loc").isArray()).isTrue();
    assertThat(item.required("type").isTextual()).isTrue();
  }

  @Test
  void optionsAreChangedWhileItRuns() throws IOException {
    assertThat(patch("{\"tooManyRequests\":100,\"retryAfter\":\"NONE\"}")).isEqualTo(204);
    assertThat(http.get(LIST).status()).isEqualTo(429);
    assertThat(http.get(LIST).header("Retry-After")).isNull();
    assertThat(patch("{\"tooManyRequests\":0}")).isEqualTo(204);
    assertThat(http.get(LIST).status()).isEqualTo(200);
    assertThat(options.retryAfter).isEqualTo(EmulatorOptions.RetryAfter.NONE);
    assertThat(patch("{\"noSuchOption\":1}")).isEqualTo(422);
    assertThat(patch("not JSON")).isEqualTo(422);
  }

  @Test
  void durationsAreChangedWhileItRuns() throws IOException {
    assertThat(patch("{\"notFoundFor\":\"PT10S\"}")).isEqualTo(204);
    String job = Http.jobId(importVideo());
    assertThat(http.get("/api/import-jobs/" + job).status()).isEqualTo(404);
    assertThat(patch("{\"notFoundFor\":\"soon\"}")).isEqualTo(422);
    assertThat(patch("{\"notFoundFor\":\"PT0S\"}")).isEqualTo(204);
    assertThat(http.get("/api/import-jobs/" + job).status()).isEqualTo(200);
  }

  private int patch(String body) throws IOException {
    return http.patch("/_emulator/options", body).status();
  }

  private JsonNode notFound() throws IOException {
    Answer answer = http.get(LIST + "/nobody");
    assertThat(answer.status()).isEqualTo(404);
    return answer.json();
  }

  private Answer importVideo() throws IOException {
    return http.post("/api/s3/upload", Http.s3(Http.keys(1)));
  }

  /** As the emulator's own page says, which is beyond the reach of its faults. */
  private void assertAccepted(int videos) throws IOException {
    JsonNode stats = http.send("GET", "/_emulator/stats", null).json();
    assertThat(stats.required("accepted").asInt()).isEqualTo(videos);
    assertThat(stats.required("jobs").asInt()).isEqualTo(videos);
  }
}
