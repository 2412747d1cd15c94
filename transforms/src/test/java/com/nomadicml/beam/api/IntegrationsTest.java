package com.nomadicml.beam.api;

import static com.nomadicml.beam.api.ApiFixtures.api;
import static com.nomadicml.beam.api.ApiFixtures.json;
import static com.nomadicml.beam.api.ApiFixtures.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Saved integrations: exact bodies, and how lenient the answers' reading is. */
class IntegrationsTest {
  private static final String ROLE = "arn:aws:iam::123456789012:role/nomadic";
  private static final String R2 = "https://acme.r2.cloudflarestorage.com";

  private final ScriptedServer server = new ScriptedServer();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void gcs() throws ApiException {
    Map<String, Object> account =
        Map.of("type", "service_account", "client_email", "import@acme.iam");
    assertAdded(NewIntegration.gcs("Drives", "drives", null, account), "gcs", "add-gcs");
  }

  @Test
  void s3() throws ApiException {
    assertAdded(
        NewIntegration.s3("AWS", "archive", "2026/", "eu-west-1", null, "AKIA1", "s3cr3t", null),
        "s3",
        "add-s3");
  }

  @Test
  void s3CompatibleNeedsNoRegion() throws ApiException {
    assertAdded(
        NewIntegration.s3("R2", "clips", null, null, R2, "AKIA1", "s3cr3t", "t0ken"),
        "s3",
        "add-s3-compatible");
  }

  @Test
  void huggingFaceBucket() throws ApiException {
    assertAdded(
        NewIntegration.hfBucket("Hub", "acme/drives", null, "hf_s3cr3t"),
        "hf-bucket",
        "add-hf-bucket");
  }

  @Test
  void s3StorageTransfer() throws ApiException {
    assertAdded(
        NewIntegration.s3StorageTransfer("Role", "mcap", "logs/", ROLE),
        "s3-storage-transfer",
        "add-s3-storage-transfer");
  }

  @Test
  void credentialsThatAreEchoedAreInNoMessage() {
    String secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCY";
    String key =
        "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0\n-----END PRIVATE KEY-----\n";
    server.then(422, "{\"detail\":{\"secret_access_key\":\"" + secret + "\"}}");
    server.then(422, "no account " + key.replace("\n", "\\n"));
    NomadicApi api = api(server);
    for (NewIntegration added :
        List.of(
            NewIntegration.s3("AWS", "b", null, "eu-west-1", null, "AKIA1", secret, null),
            NewIntegration.gcs("G", "b", null, Map.of("private_key", key)))) {
      assertThatThrownBy(() -> api.addIntegration(added))
          .isInstanceOf(ApiException.class)
          .hasMessageContaining("***")
          .hasMessageNotContaining(secret)
          .hasMessageNotContaining("MIIEvQ");
    }
  }

  @Test
  void blanksAreTrimmedAndBlankOptionsAreNull() throws ApiException {
    assertAdded(
        NewIntegration.s3(
            " AWS ", "archive\n", "2026/ ", "eu-west-1", " ", " AKIA1", "s3cr3t\n", ""),
        "s3",
        "add-s3");
  }

  @ParameterizedTest
  @CsvSource(value = {"' ', b, k, name", "n, '', k, bucket", "n, b, ' ', token"})
  void whatIsRequiredIsNamed(String name, String bucket, String token, String missing) {
    assertThatThrownBy(() -> NewIntegration.hfBucket(name, bucket, null, token))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("needs a " + missing);
  }

  @Test
  void s3NeedsARegionOrAnEndpoint() {
    assertThatThrownBy(() -> NewIntegration.s3("n", "b", null, " ", null, "id", "s3cr3t", null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("region")
        .hasMessageNotContaining("s3cr3t");
    assertThatThrownBy(() -> NewIntegration.gcs("n", "b", null, Map.of()))
        .hasMessageContaining("service account");
  }

  @Test
  void theTextFormShowsNoSecret() {
    assertThat(NewIntegration.s3("AWS", "archive", null, "r", null, "AKIA1", "s3cr3t", "t0ken"))
        .hasToString("s3 integration of archive");
    assertThat(NewIntegration.hfBucket("Hub", "acme/drives", null, "hf_s3cr3t").toString())
        .doesNotContain("s3cr3t");
  }

  @Test
  void anAddedIntegrationIsNotAddedTwice() {
    server.then(500, "{\"detail\":\"oops\"}");
    assertThatThrownBy(
            () -> api(server).addIntegration(NewIntegration.hfBucket("Hub", "a/b", null, "t")))
        .isInstanceOfSatisfying(
            ApiException.class,
            e -> assertThat(e.kind()).isEqualTo(ApiException.Kind.OUTCOME_UNKNOWN));
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void theListIsABareArrayOrAMember() throws ApiException {
    String array = text("integrations");
    server.then(200, array).then(200, "{\"integrations\":" + array + ",\"next\":null}");
    NomadicApi api = api(server);
    List<Integration> integrations = api.integrations();
    assertThat(integrations)
        .containsExactly(
            new Integration("int1", "Drives", "gcs", "drives", "2026/", null, null, null, true),
            new Integration("r2", "R2", "s3", "clips", null, "auto", R2, null, false),
            new Integration(
                "sts", "Role", "s3_storage_transfer", "mcap", null, null, null, ROLE, null));
    assertThat(api.integrations()).isEqualTo(integrations);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "null", "{\"integrations\":null}", ""})
  void aListThatIsNoneIsNoEmptyList(String body) {
    server.times(5, ScriptedServer.Answer.of(200, body));
    assertThatThrownBy(() -> api(server).integrations())
        .isInstanceOf(ApiException.class)
        .hasMessageContaining("can't be read");
  }

  @Test
  void oneThatCantBeNamedDoesNotHideTheOthers() throws ApiException {
    server.then(200, "[{\"name\":\"no id\"},null,7,{\"id\":null},{\"id\":\"g\",\"bucket\":null}]");
    assertThat(api(server).integrations()).extracting(Integration::id).containsExactly("g");
  }

  @Test
  void oneIntegration() throws ApiException {
    server.then(200, json("integrations").get(2).toString()).then(200, "{\"id\":\"bare\"}");
    NomadicApi api = api(server);
    assertThat(api.getIntegration("sts").roleArn()).isEqualTo(ROLE);
    assertThat(api.getIntegration("bare"))
        .isEqualTo(new Integration("bare", null, null, null, null, null, null, null, null));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"200 | {\"deleted\":true}", "200 | ''", "200 | gone", "204 | ''", "202 | null"})
  void anyAcknowledgementOfADeleteWillDo(int status, String body) throws ApiException {
    server.then(status, body);
    api(server).deleteIntegration("int1");
    assertThat(server.onlyRequest().method()).isEqualTo("DELETE");
    assertThat(server.onlyRequest().body()).isEmpty();
  }

  @Test
  void aDeleteThatIsRefusedIsNoSuccess() {
    server.then(403, "{\"detail\":\"Only the owner may delete it\"}");
    assertThatThrownBy(() -> api(server).deleteIntegration("int1"))
        .isInstanceOf(ApiException.class)
        .hasMessageContaining("Only the owner");
  }

  @Test
  void theSetupOfAStorageTransferIsPassedOn() throws ApiException {
    server.then(200, text("storage-transfer-setup"));
    Map<String, Object> setup = api(server).storageTransferSetup();
    assertThat(setup)
        .containsEntry("google_service_account_subject_id", "109876543210")
        .containsOnlyKeys("google_service_account_subject_id", "aws_trust_policy_template");
    assertThat(Answers.JSON.<JsonNode>valueToTree(setup)).isEqualTo(json("storage-transfer-setup"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "[]"})
  void aSetupThatIsNoneIsAFailureOfTheApi(String body) {
    server.times(5, ScriptedServer.Answer.of(200, body));
    assertThatThrownBy(() -> api(server).storageTransferSetup())
        .isInstanceOf(ApiException.class)
        .hasMessageContaining("can't be read");
  }

  private void assertAdded(NewIntegration added, String path, String fixture) throws ApiException {
    server.then(200, "{\"id\":\"new\",\"created_at\":1784592000}");
    assertThat(api(server).addIntegration(added).id()).isEqualTo("new");
    assertThat(server.onlyRequest().path()).isEqualTo("/api/cloud-integrations/" + path);
    assertThat(server.onlyRequest().json()).isEqualTo(json(fixture));
  }
}
