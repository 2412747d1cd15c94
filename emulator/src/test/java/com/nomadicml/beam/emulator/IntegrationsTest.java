package com.nomadicml.beam.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nomadicml.beam.emulator.Http.Answer;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Contract, section 7. */
class IntegrationsTest {
  private static final String PATH = "/api/cloud-integrations";
  private static final Map<String, Object> S3 =
      Map.of(
          "name", "Archive",
          "type", "s3",
          "access_key_id", "AKIA-very-secret",
          "secret_access_key", "wJalr-very-secret",
          "session_token", "token-very-secret",
          "region", "us-east-1",
          "bucket", "drive-archive",
          "prefix", "2026/");

  private Emulator emulator;
  private Http http;

  @BeforeEach
  void start() {
    EmulatorOptions options = new EmulatorOptions();
    options.requestsPerMinute = 0;
    emulator = Emulator.start(options, new ManualClock("2026-07-15T12:00:00Z"));
    http = new Http(emulator);
  }

  @AfterEach
  void stop() {
    emulator.close();
  }

  @Test
  void theListIsABareArray() throws IOException {
    Answer answer = http.get(PATH);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().isArray()).isTrue();
    assertThat(Http.texts(answer.json(), "id"))
        .contains("gcs-fleet-a", "gcs-fleet-b", "s3-drive", "r2-clips", "hf-demo")
        .doesNotHaveDuplicates();
    assertThat(Http.texts(answer.json(), "type"))
        .containsOnly("gcs", "s3", "hf_bucket")
        .contains("gcs", "s3", "hf_bucket");
    for (JsonNode item : answer.json()) {
      assertThat(item.required("bucket").asText()).isNotBlank();
      assertThat(item.required("name").asText()).isNotBlank();
      assertThat(item.required("is_owner").isBoolean()).isTrue();
    }
  }

  @Test
  void addsAGcsIntegration() throws IOException {
    Map<String, Object> body =
        Map.of(
            "name", " Fleet ",
            "type", "gcs",
            "service_account", Map.of("client_email", "a@b", "private_key", "very-secret"),
            "bucket", " fleet-new ",
            "prefix", "north/");
    JsonNode added = add("/gcs", body);
    assertThat(added.required("type").asText()).isEqualTo("gcs");
    assertThat(added.required("name").asText()).isEqualTo("Fleet");
    assertThat(added.required("bucket").asText()).isEqualTo("fleet-new");
    assertThat(added.required("prefix").asText()).isEqualTo("north/");
    assertRefused("/gcs", with(body, "service_account", "{\"client_email\":\"a@b\"}"));
  }

  @Test
  void addsAnS3Integration() throws IOException {
    JsonNode added = add("/s3", S3);
    assertThat(added.required("type").asText()).isEqualTo("s3");
    assertThat(added.required("bucket").asText()).isEqualTo("drive-archive");
    assertThat(added.required("region").asText()).isEqualTo("us-east-1");
    assertRefused("/s3", with(S3, "access_key_id", null));
    assertRefused("/s3", with(S3, "secret_access_key", " "));
    assertRefused("/s3", with(S3, "region", null));
  }

  @Test
  void theRegionOfAnotherEndpointIsAutoByDefault() throws IOException {
    Map<String, Object> body = with(S3, "region", null);
    body.put("endpoint_url", "https://account.r2.cloudflarestorage.com");
    JsonNode added = add("/s3", body);
    assertThat(added.required("endpoint_url").asText())
        .isEqualTo("https://account.r2.cloudflarestorage.com");
    assertThat(added.required("region").asText()).isEqualTo("auto");
  }

  @Test
  void addsAHuggingFaceIntegration() throws IOException {
    Map<String, Object> body =
        Map.of("name", "HF", "type", "hf_bucket", "token", "hf-very-secret", "bucket", "me/data");
    JsonNode added = add("/hf-bucket", body);
    assertThat(added.required("type").asText()).isEqualTo("hf_bucket");
    assertThat(added.required("bucket").asText()).isEqualTo("me/data");
    assertRefused("/hf-bucket", with(body, "token", null));
  }

  @Test
  void addsAStorageTransferIntegration() throws IOException {
    Map<String, Object> body =
        Map.of("name", "Transfer", "bucket", "logs", "role_arn", "arn:aws:iam::1:role/reader");
    JsonNode added = add("/s3-storage-transfer", body);
    assertThat(added.required("type").asText()).isEqualTo("s3_storage_transfer");
    assertThat(added.required("role_arn").asText()).isEqualTo("arn:aws:iam::1:role/reader");
    assertRefused("/s3-storage-transfer", with(body, "role_arn", null));
  }

  @Test
  void aRefusedIntegrationIsNotSaved() throws IOException {
    JsonNode before = http.get(PATH).json();
    assertRefused("/s3", with(S3, "bucket", null));
    assertRefused("/s3", with(S3, "name", null));
    assertRefused("/s3", with(S3, "name", " "));
    assertThat(http.get(PATH).json()).isEqualTo(before);
  }

  @Test
  void deletesAnIntegration() throws IOException {
    Answer deleted = http.delete(PATH + "/s3-drive");
    assertThat(deleted.status()).isEqualTo(204);
    assertThat(deleted.body()).isEmpty();
    assertThat(http.get(PATH + "/s3-drive").status()).isEqualTo(404);
    assertThat(http.delete(PATH + "/s3-drive").status()).isEqualTo(404);
    assertThat(Http.texts(http.get(PATH).json(), "id"))
        .doesNotContain("s3-drive")
        .contains("r2-clips");
  }

  @Test
  void anIdIsNeverGivenTwice() throws IOException {
    String first = add("/s3", S3).required("id").asText();
    JsonNode second = add("/s3", with(S3, "bucket", "second"));
    http.delete(PATH + "/" + first);
    String third = add("/s3", with(S3, "bucket", "third")).required("id").asText();
    assertThat(third).isNotIn(first, second.required("id").asText());
    assertThat(http.get(PATH + "/" + second.required("id").asText()).json()).isEqualTo(second);
  }

  @Test
  void anUnknownIntegrationIsNotFound() throws IOException {
    assertThat(http.get(PATH + "/nobody").status()).isEqualTo(404);
  }

  @Test
  void theSetupOfStorageTransferNamesTheSubject() throws IOException {
    Answer answer = http.get(PATH + "/s3-storage-transfer/setup");
    assertThat(answer.status()).isEqualTo(200);
    String subject = answer.json().required("google_service_account_subject_id").asText();
    assertThat(subject).isNotBlank();
    JsonNode statement = answer.json().at("/aws_trust_policy_template/Statement/0");
    assertThat(statement.at("/Principal/Federated").asText()).isEqualTo("accounts.google.com");
    assertThat(statement.at("/Action").asText()).isEqualTo("sts:AssumeRoleWithWebIdentity");
    assertThat(
            statement
                .required("Condition")
                .required("StringEquals")
                .required("accounts.google.com:sub")
                .asText())
        .isEqualTo(subject);
  }

  /** Adds an integration and checks that it's kept, but none of its secrets. */
  private JsonNode add(String type, Map<String, Object> body) throws IOException {
    Answer added = http.post(PATH + type, body);
    assertThat(added.status()).as(added.body()).isEqualTo(200);
    String id = added.json().required("id").asText();
    Answer got = http.get(PATH + "/" + id);
    Answer listed = http.get(PATH);
    assertThat(got.json()).isEqualTo(added.json());
    assertThat(listed.json()).contains(added.json());
    for (Answer answer : List.of(added, got, listed)) {
      assertThat(answer.body()).doesNotContain("very-secret", "private_key", "session_token");
    }
    return added.json();
  }

  private void assertRefused(String type, Map<String, Object> body) throws IOException {
    assertThat(http.post(PATH + type, body).status()).isEqualTo(422);
  }

  /** The same members, but one of another value. */
  private static Map<String, Object> with(Map<String, Object> body, String member, Object value) {
    Map<String, Object> changed = new HashMap<>(body);
    changed.put(member, value);
    return changed;
  }
}
