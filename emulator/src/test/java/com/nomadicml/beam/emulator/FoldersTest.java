package com.nomadicml.beam.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nomadicml.beam.emulator.Http.Answer;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Contract, section 3. */
class FoldersTest {
  private Emulator emulator;
  private Http http;

  @BeforeEach
  void start() {
    emulator = Emulator.start(new EmulatorOptions(), new ManualClock("2026-07-15T12:00:00Z"));
    http = new Http(emulator);
  }

  @AfterEach
  void stop() {
    emulator.close();
  }

  @Test
  void createOrGetCreatesAFolderOnce() throws IOException {
    Answer first = createOrGet("Fleet", "user");
    assertThat(first.status()).isEqualTo(200);
    JsonNode folder = first.json();
    assertThat(folder.required("id").asText()).isNotBlank();
    assertThat(folder.required("name").asText()).isEqualTo("Fleet");
    assertThat(folder.required("scope").asText()).isEqualTo("user");
    assertThat(folder.required("created_at").asText()).isEqualTo("2026-07-15T12:00:00Z");
    assertThat(folder.has("video_count")).isFalse();

    assertThat(createOrGet("Fleet", "user").json()).isEqualTo(folder);
  }

  @Test
  void namesAreUniqueWithinAScope() throws IOException {
    String personal = createOrGet("Fleet", "user").json().required("id").asText();
    String shared = createOrGet("Fleet", "org").json().required("id").asText();
    String other = createOrGet("fleet", "user").json().required("id").asText();
    assertThat(personal).isNotEqualTo(shared).isNotEqualTo(other);
    assertThat(shared).isNotEqualTo(other);
  }

  @Test
  void namesAreTrimmed() throws IOException {
    JsonNode folder = createOrGet("  Night drives ", "user").json();
    assertThat(folder.required("name").asText()).isEqualTo("Night drives");
    assertThat(createOrGet("Night drives", "user").json()).isEqualTo(folder);
  }

  @Test
  void createRefusesANameThatExists() throws IOException {
    Map<String, String> body =
        Map.of("name", "Fleet", "scope", "org", "description", "All of the fleet");
    Answer created = http.post("/api/folders", body);
    assertThat(created.status()).isEqualTo(200);
    assertThat(created.json().required("description").asText()).isEqualTo("All of the fleet");

    Answer again = http.post("/api/folders", body);
    assertThat(again.status()).isEqualTo(409);
    assertThat(again.detail()).contains("exists");
    assertThat(createOrGet("Fleet", "org").json()).isEqualTo(created.json());
  }

  @Test
  void getReturnsTheFolderWithItsVideoCount() throws IOException {
    String id = createOrGet("Night drives", "org").json().required("id").asText();
    Answer got = http.get("/api/folders/get?name=Night%20drives&scope=org");
    assertThat(got.status()).isEqualTo(200);
    assertThat(got.json().required("id").asText()).isEqualTo(id);
    assertThat(got.json().required("scope").asText()).isEqualTo("org");
    assertThat(got.json().required("video_count").isInt()).isTrue();
    assertThat(got.json().required("created_by").asText()).isNotBlank();
  }

  @Test
  void getLooksAmongPersonalFoldersByDefault() throws IOException {
    createOrGet("Shared", "org");
    String id = createOrGet("Mine", "user").json().required("id").asText();
    assertThat(http.get("/api/folders/get?name=Mine").json().required("id").asText()).isEqualTo(id);
    assertThat(http.get("/api/folders/get?name=Shared").status()).isEqualTo(404);
  }

  @Test
  void getOfAnUnknownFolderIsNotFound() throws IOException {
    createOrGet("Fleet", "user");
    assertThat(http.get("/api/folders/get?name=Other&scope=user").status()).isEqualTo(404);
    assertThat(http.get("/api/folders/get?name=Fleet&scope=org").status()).isEqualTo(404);
  }

  @Test
  void theSampleScopeIsReadOnly() throws IOException {
    Answer got = http.get("/api/folders/get?name=Demo&scope=sample");
    assertThat(got.status()).isEqualTo(403);
    assertThat(got.detail()).isEqualTo("Sample scope is read-only");
    assertThat(createOrGet("Demo", "sample").status()).isEqualTo(422);
  }

  @Test
  void aFolderNeedsANameAndAScope() throws IOException {
    assertThat(createOrGet("  ", "user").status()).isEqualTo(422);
    assertThat(createOrGet("Fleet", "everyone").status()).isEqualTo(422);
    assertThat(http.post("/api/folders", Map.of("scope", "user")).status()).isEqualTo(422);
    assertThat(http.post("/api/folders", Map.of("name", "Fleet")).status()).isEqualTo(422);
    assertThat(http.post("/api/folders", "{\"name\":").status()).isEqualTo(422);
    assertThat(http.get("/api/folders/get?name=Fleet").status()).isEqualTo(404);
  }

  private Answer createOrGet(String name, String scope) throws IOException {
    return http.post("/api/folders/create-or-get", Map.of("name", name, "scope", scope));
  }
}
