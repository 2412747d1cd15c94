package com.nomadicml.beam.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nomadicml.beam.emulator.Http.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract, sections 4.1 to 4.5. */
class ImportsTest {
  private static final String GCS =
      """
      {"integration_id":"gcs-fleet-a","files":["videos/run1.mp4"],"collection":"videos",
       "folder_id":null,"scope":"user"}""";
  private static final String HF =
      """
      {"files":["trips/a.mp4"],"bucket":"nomadic/demo","collection":"videos","folder_id":null,
       "scope":"user"}""";

  private final ManualClock clock = new ManualClock("2026-07-15T12:00:00Z");
  private final EmulatorOptions options = new EmulatorOptions();
  private Emulator emulator;
  private Http http;

  @BeforeEach
  void start() {
    options.requestsPerMinute = 0;
    emulator = Emulator.start(options, clock);
    http = new Http(emulator);
  }

  @AfterEach
  void stop() {
    emulator.close();
  }

  @Test
  void importsFromGcs() throws IOException {
    String id = accepted(http.post("/api/gcs/upload", GCS));
    assertRows(id, "UPLOADED", "gs://fleet-recordings/videos/run1.mp4");
    JsonNode job = http.get("/api/import-jobs/" + id).json();
    assertThat(job.required("source").asText()).isEqualTo("gcs");
    assertThat(job.required("bucket").asText()).isEqualTo("fleet-recordings");
  }

  @Test
  void importsFromS3WithAndWithoutAnIntegration() throws IOException {
    String with =
        """
        {"keys":["2024-09-01/front.mp4"],"bucket":"drive-data","collection":"videos",
         "folder_id":"fld_1","scope":"org","integration_id":"s3-drive"}""";
    String id = accepted(http.post("/api/s3/upload", with));
    assertRows(id, "UPLOADED", "s3://drive-data/2024-09-01/front.mp4");
    String other = accepted(http.post("/api/s3/upload", Http.s3(List.of("b.mp4"))));
    assertRows(other, "UPLOADED", "s3://drive-data/b.mp4");
    assertThat(other).isNotEqualTo(id);
  }

  @Test
  void importsFromHuggingFace() throws IOException {
    String id = accepted(http.post("/api/hf-buckets/upload", HF));
    assertRows(id, "UPLOADED", "hf://buckets/nomadic/demo/trips/a.mp4");
    JsonNode job = http.get("/api/import-jobs/" + id).json();
    assertThat(job.required("source").asText()).isEqualTo("hf_bucket");
  }

  @Test
  void keysAreTakenLiterally() throws IOException {
    String key = "/a b/%41?x=1#ü+日本 .MP4";
    assertRows(http.importS3(List.of(key)), "UPLOADED", "s3://drive-data/" + key);
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3", "gcs"})
  void importsMultiViewSetsAsOneJob(String provider) throws IOException {
    boolean s3 = provider.equals("s3");
    String base = s3 ? "s3://drive-data/" : "gs://fleet-recordings/";
    String access =
        s3
            ? "\"bucket\":\"drive-data\""
            : "\"integration_id\":\"gcs-fleet-a\",\"bucket\":\"fleet-recordings\"";
    String body =
        """
        {%2$s,"sets":[
          {"views":{"front":"%1$st1/front.mp4","left":"%1$st1/left.mp4"}},
          {"views":{"front":"%1$st2/front.mp4","rear":"%1$st2/rear.mp4"}}],
         "collection":"videos","folder_id":null,"scope":"user"}"""
            .formatted(base, access);
    String id = accepted(http.post("/api/" + provider + "/upload", body));
    assertRows(id, "UPLOADED", base + "t1/front.mp4", base + "t2/front.mp4");
    assertThat(emulator.stats().jobs()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/gcs/upload {'files':['a.mp4'],'scope':'user'}",
        "/api/gcs/upload {'integration_id':'gcs-fleet-a','keys':['a.mp4'],'scope':'user'}",
        "/api/s3/upload {'keys':['a.mp4'],'scope':'user'}",
        "/api/s3/upload {'bucket':' ','keys':['a.mp4'],'scope':'user'}",
        "/api/s3/upload {'bucket':'b','files':['a.mp4'],'scope':'user'}",
        "/api/s3/upload {'bucket':'b','keys':[7],'scope':'user'}",
        "/api/s3/upload {'bucket':'b','keys':[''],'scope':'user'}",
        "/api/s3/upload {'bucket':'b','keys':{'a':'a.mp4'},'scope':'user'}",
        "/api/s3/upload {'bucket':'b','keys':['a.mp4'],'scope':'everyone'}",
        "/api/s3/upload {'bucket':'b','keys':['a.mp4'],'sets':[],'scope':'user'}",
        "/api/s3/upload {'bucket':'b','sets':[{'views':{'left':'s3://b/l.mp4'}}],'scope':'user'}",
        "/api/s3/upload {'bucket':'b','sets':[{'views':{'front':'f.mp4'}}],'scope':'user'}",
        "/api/s3/upload {'bucket':'b','sets':[{'views':{'front':'s3://c/f.mp4'}}],'scope':'user'}",
        "/api/s3/upload {'bucket':'b','scope':'user',"
            + "'sets':[{'views':{'front':'s3://b/f.mp4','roof':'s3://b/r.mp4'}}]}",
        "/api/gcs/upload {'integration_id':'gcs-fleet-a','scope':'user',"
            + "'sets':[{'views':{'front':'gs://fleet-recordings/f.mp4'}}]}",
        "/api/hf-buckets/upload {'files':['a.mp4'],'scope':'user'}",
        "/api/hf-buckets/upload {'bucket':'a/b','sets':[{'views':{}}],'scope':'user'}",
        "/api/s3/upload ['a.mp4']",
        "/api/s3/upload {'bucket':"
      })
  void aWrongBodyIsUnprocessable(String request) throws IOException {
    int space = request.indexOf(' ');
    String body = request.substring(space + 1).replace('\'', '"');
    Answer answer = http.post(request.substring(0, space), body);
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.detail()).isNotBlank();
    assertThat(emulator.stats().accepted()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"'keys':[]", "'sets':[]"})
  void anEmptyImportIsBad(String items) throws IOException {
    String body = "{'bucket':'b','scope':'user'," + items + "}";
    assertThat(http.post("/api/s3/upload", body.replace('\'', '"')).status()).isEqualTo(400);
    assertThat(emulator.stats().jobs()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/gcs/upload {'integration_id':'nobody','files':['a.mp4','b.mp4'],'scope':'user'}",
        "/api/gcs/upload {'integration_id':'s3-drive','files':['a.mp4','b.mp4'],'scope':'user'}",
        "/api/s3/upload {'integration_id':'nobody','bucket':'drive-data',"
            + "'keys':['a.mp4','b.mp4'],'scope':'user'}",
        "/api/s3/upload {'integration_id':'s3-drive','bucket':'r2-clips',"
            + "'keys':['a.mp4','b.mp4'],'scope':'user'}",
        "/api/s3/upload {'bucket':'denied-data','keys':['a.mp4','b.mp4'],'scope':'user'}",
        "/api/hf-buckets/upload {'integration_id':'hf-demo','bucket':'nomadic/other',"
            + "'files':['a.mp4','b.mp4'],'scope':'user'}",
      })
  void whatCannotBeReadIsAcknowledgedAndFails(String request) throws IOException {
    int space = request.indexOf(' ');
    String body = request.substring(space + 1).replace('\'', '"');
    String id = accepted(http.post(request.substring(0, space), body));
    clock.advance(Duration.ofMinutes(1));
    assertThat(Http.texts(http.rows(id), "status"))
        .containsExactly("UPLOADING_FAILED", "UPLOADING_FAILED");
  }

  @Test
  void corruptAndForeignFilesFailAlone() throws IOException {
    String id = http.importS3(List.of("good.mp4", "Corrupt.mp4", "notes.txt", "GOOD.MP4"));
    clock.advance(Duration.ofMinutes(1));
    for (JsonNode row : http.rows(id)) {
      boolean good = row.required("import_source_uri").asText().matches("(?i).*/good.mp4");
      assertThat(row.required("status").asText()).isEqualTo(good ? "UPLOADED" : "UPLOADING_FAILED");
    }
    assertThat(http.rows(id)).hasSize(4);
  }

  @Test
  void anIdempotencyKeyIsHonoured() throws IOException {
    String first = accepted(keyed("one"));
    assertThat(accepted(keyed("one"))).isEqualTo(first);
    assertThat(emulator.timesAccepted()).isEqualTo(Map.of("user/ s3://drive-data/a.mp4", 1));
    assertThat(accepted(keyed("two"))).isNotEqualTo(first);
    assertThat(emulator.stats().jobs()).isEqualTo(2);
    assertThat(emulator.stats().acceptedTwice()).isEqualTo(1);
  }

  @Test
  void anIdempotencyKeyIsIgnored() throws IOException {
    options.idempotency = EmulatorOptions.Idempotency.IGNORE;
    assertThat(accepted(keyed("one"))).isNotEqualTo(accepted(keyed("one")));
    assertThat(emulator.timesAccepted()).isEqualTo(Map.of("user/ s3://drive-data/a.mp4", 2));
  }

  @Test
  void legacyAnswersNameTheVideosInTheOrderOfTheRequest() throws IOException {
    options.legacy = true;
    options.duplicateRows = 50;
    options.reencodedUris = 100;
    List<String> keys = List.of("z z.mp4", "corrupt z.mp4", "a a.mp4", "corrupt a.mp4", "m m.mp4");
    JsonNode answer = http.post("/api/s3/upload", Http.s3(keys)).json();
    assertThat(answer.fieldNames()).toIterable().containsExactly("uploaded_video_ids");
    JsonNode ids = answer.required("uploaded_video_ids");
    assertThat(ids).hasSameSizeAs(keys).doesNotHaveDuplicates();
    assertThat(uploadStatus(ids.get(0))).isEqualTo("NOT_STARTED");
    clock.advance(Duration.ofMinutes(1));
    for (int i = 0; i < keys.size(); i++) {
      assertThat(uploadStatus(ids.get(i)))
          .isEqualTo(keys.get(i).startsWith("corrupt") ? "UPLOADING_FAILED" : "UPLOADED");
    }
  }

  @Test
  void refusesWholeImports() throws IOException {
    options.maxItems = 2;
    assertThat(http.post("/api/s3/upload", Http.s3(Http.keys(3))).status()).isEqualTo(413);
    options.paywall = true;
    Answer paywall = http.post("/api/gcs/upload", GCS);
    assertThat(paywall.status()).isEqualTo(402);
    assertThat(paywall.detail()).contains("not available on the free trial");
    options.paywall = false;
    options.forbidden = true;
    assertThat(http.post("/api/gcs/upload", GCS).status()).isEqualTo(403);
    options.forbidden = false;
    options.hfUnauthorized = true;
    Answer unauthorized = http.post("/api/hf-buckets/upload", HF);
    assertThat(unauthorized.status()).isEqualTo(401);
    assertThat(unauthorized.detail()).containsIgnoringCase("hugging face");
    assertThat(emulator.stats().accepted()).isZero();

    assertThat(http.post("/api/gcs/upload", GCS).status()).isEqualTo(200);
    assertThat(http.post("/api/s3/upload", Http.s3(Http.keys(2))).status()).isEqualTo(200);
  }

  private Answer keyed(String key) throws IOException {
    String[] headers = {"X-API-Key", "key", "Idempotency-Key", key};
    return http.send("POST", "/api/s3/upload", Http.s3(List.of("a.mp4")), headers);
  }

  private String uploadStatus(JsonNode id) throws IOException {
    JsonNode answer = http.get("/api/video/" + id.asText() + "/status").json();
    return answer.at("/metadata/visual_analysis/status/status").asText();
  }

  private void assertRows(String id, String status, String... uris) throws IOException {
    clock.advance(Duration.ofMinutes(1));
    List<JsonNode> rows = http.rows(id);
    assertThat(Http.texts(rows, "import_source_uri")).containsExactlyInAnyOrder(uris);
    assertThat(Http.texts(rows, "status")).containsOnly(status);
  }

  /** The job's id, of an answer with that member alone. */
  private static String accepted(Answer answer) {
    String id = Http.jobId(answer);
    assertThat(answer.json().fieldNames()).toIterable().containsExactly("import_job_id");
    assertThat(id).isNotBlank();
    return id;
  }
}
