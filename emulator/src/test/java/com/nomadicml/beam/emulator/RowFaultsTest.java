package com.nomadicml.beam.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What may be odd about the rows of a job. */
class RowFaultsTest {
  private static final Duration LONG = Duration.ofDays(30);

  private final ManualClock clock = new ManualClock("2026-07-15T12:00:00Z");
  private final EmulatorOptions options = new EmulatorOptions();
  private Emulator emulator;
  private Http http;

  @BeforeEach
  void start() {
    options.requestsPerMinute = 0;
    options.appearWithin = Duration.ZERO;
    options.processWithin = Duration.ofSeconds(10);
    emulator = Emulator.start(options, clock);
    http = new Http(emulator);
  }

  @AfterEach
  void stop() {
    emulator.close();
  }

  @Test
  void missingRowsAreNeverShown() throws IOException {
    options.missingRows = 40;
    String id = http.importS3(Http.keys(200));
    int shown = http.rows(id).size();
    assertThat(shown).isBetween(90, 150);
    clock.advance(LONG);
    assertThat(http.rows(id)).hasSize(shown);
    assertThat(http.page(id, "").required("total").asInt()).isEqualTo(200);

    options.missingRows = 100;
    String none = http.importS3(Http.keys(3));
    clock.advance(LONG);
    assertThat(http.rows(none)).isEmpty();
  }

  @Test
  void aVideosFateIsWhatItsRowsWillShow() throws IOException {
    options.missingRows = 40;
    options.failedRows = 30;
    options.duplicateRows = 20;
    String id = http.importS3(Http.keys(200));
    clock.advance(LONG);
    Map<String, String> shown = new HashMap<>();
    for (JsonNode row : http.rows(id)) {
      String uri = row.required("import_source_uri").asText();
      String status = row.required("status").asText().replace("UPLOADING_", "");
      shown.merge(uri, status, (a, b) -> a.equals("UPLOADED") ? a : b);
    }
    assertThat(emulator.fates()).hasSize(200);
    emulator
        .fates()
        .forEach(
            (video, fate) ->
                assertThat(
                        shown.getOrDefault(video.substring(video.indexOf(' ') + 1), "NEVER_SHOWN"))
                    .isEqualTo(fate.name()));
  }

  @Test
  void aSlowBucketIsLate() throws IOException {
    options.slowBucket = "drive-data";
    options.slowBy = Duration.ofSeconds(30);
    String id = http.importS3(Http.keys(10));
    options.slowBucket = "another";
    String prompt = http.importS3(Http.keys(10));
    assertThat(http.rows(id)).isEmpty();
    assertThat(http.rows(prompt)).hasSize(10);
    clock.advance(Duration.ofSeconds(30));
    assertThat(http.rows(id)).hasSize(10);
  }

  @Test
  void slowRowsAreLate() throws IOException {
    options.slowRows = 50;
    options.slowBy = Duration.ofSeconds(30);
    String id = http.importS3(Http.keys(100));
    int prompt = http.rows(id).size();
    assertThat(prompt).isBetween(30, 70);
    clock.advance(Duration.ofMillis(29_999));
    assertThat(http.rows(id)).hasSize(prompt);
    clock.advance(Duration.ofMillis(1));
    assertThat(http.rows(id)).hasSize(100);
  }

  @Test
  void duplicateRowsHaveAnIdOfTheirOwn() throws IOException {
    options.duplicateRows = 100;
    String id = http.importS3(Http.keys(10));
    List<JsonNode> rows = http.rows(id);
    assertThat(rows).hasSize(20);
    assertThat(Http.texts(rows, "video_id")).doesNotHaveDuplicates().isSorted();
    assertThat(new HashSet<>(Http.texts(rows, "import_source_uri"))).hasSize(10);
    assertThat(http.page(id, "").required("total").asInt()).isEqualTo(10);
    assertThat(emulator.stats().acceptedTwice()).isZero();
  }

  @Test
  void reencodedUrisArePercentEncoded() throws IOException {
    options.reencodedUris = 100;
    String id = http.importS3(List.of("a b/ü+1%.mp4"));
    assertThat(Http.texts(http.rows(id), "import_source_uri"))
        .containsExactly("s3://drive-data/a%20b/%C3%BC%2B1%25.mp4");
  }

  @Test
  void anUnknownStatusComesFirst() throws IOException {
    String known = http.importS3(Http.keys(1));
    options.unknownStatuses = 100;
    String unknown = http.importS3(Http.keys(1));
    assertThat(Http.texts(http.rows(known), "status")).containsExactly("PROCESSING");
    assertThat(Http.texts(http.rows(unknown), "status"))
        .doesNotContain("UPLOADED", "UPLOADING_FAILED", "UPLOADING", "PROCESSING", "NOT_STARTED");
    clock.advance(LONG);
    assertThat(Http.texts(http.rows(unknown), "status")).containsExactly("UPLOADED");
  }

  @Test
  void aStrangerRowIsNobodysVideo() throws IOException {
    options.strangerRows = 100;
    String id = http.importS3(List.of("a.mp4"));
    assertThat(Http.texts(http.rows(id), "import_source_uri"))
        .hasSize(2)
        .contains("s3://drive-data/a.mp4")
        .doesNotHaveDuplicates();
    assertThat(http.page(id, "").required("total").asInt()).isEqualTo(1);
    assertThat(emulator.stats().accepted()).isEqualTo(1);
  }

  @Test
  void failedRowsFailInTheEnd() throws IOException {
    options.failedRows = 30;
    String id = http.importS3(Http.keys(200));
    assertThat(Http.texts(http.rows(id), "status")).containsOnly("PROCESSING");
    clock.advance(LONG);
    List<String> statuses = Http.texts(http.rows(id), "status");
    assertThat(statuses).containsOnly("UPLOADED", "UPLOADING_FAILED");
    assertThat(statuses.stream().filter("UPLOADING_FAILED"::equals)).hasSizeBetween(35, 85);
  }

  @Test
  void failedViewsLeaveTheFrontUploaded() throws IOException {
    options.failedViews = 100;
    String id =
        Http.jobId(
            http.post(
                "/api/s3/upload",
                """
                {"bucket":"drive-data","scope":"user","sets":[{"views":{
                  "front":"s3://drive-data/f.mp4","left":"s3://drive-data/l.mp4",
                  "overhead_1":"s3://drive-data/o.mp4"}}]}"""));
    assertThat(http.rows(id).get(0).has("failed_views")).isFalse();
    clock.advance(LONG);
    JsonNode row = http.rows(id).get(0);
    assertThat(row.required("status").asText()).isEqualTo("UPLOADED");
    assertThat(row.required("failed_views").toString()).isEqualTo("[\"left\",\"overhead_1\"]");

    options.failedViewsShape = EmulatorOptions.FailedViewsShape.OBJECTS;
    assertThat(Http.texts(http.rows(id).get(0).required("failed_views"), "role"))
        .containsExactly("left", "overhead_1");
    options.failedViewsShape = EmulatorOptions.FailedViewsShape.BY_ROLE;
    assertThat(http.rows(id).get(0).required("failed_views").required("left").asText())
        .isNotBlank();
  }

  @Test
  void aSideViewThatIsNoVideoFails() throws IOException {
    String id =
        Http.jobId(
            http.post(
                "/api/s3/upload",
                """
                {"bucket":"drive-data","scope":"user","sets":[
                  {"views":{"front":"s3://drive-data/f.mp4","top":"s3://drive-data/corrupt.mp4"}}]}
                """));
    clock.advance(LONG);
    JsonNode row = http.rows(id).get(0);
    assertThat(row.required("status").asText()).isEqualTo("UPLOADED");
    assertThat(row.required("failed_views").toString()).isEqualTo("[\"top\"]");
  }

  @Test
  void theReasonOfAFailureIsInTheRowOrTheVideoOrNowhere() throws IOException {
    String id = http.importS3(List.of("corrupt.mp4"));
    assertThat(http.rows(id).get(0).has("error")).isFalse();
    clock.advance(LONG);
    JsonNode row = http.rows(id).get(0);
    String path = "/api/video/" + row.required("video_id").asText() + "/status";
    assertThat(row.required("error").asText()).contains("readable");
    assertThat(upload(path).has("error")).isFalse();

    options.errorText = EmulatorOptions.ErrorText.VIDEO_STATUS;
    assertThat(http.rows(id).get(0).has("error")).isFalse();
    assertThat(upload(path).required("status").asText()).isEqualTo("UPLOADING_FAILED");
    assertThat(upload(path).required("error").asText()).contains("readable");

    options.errorText = EmulatorOptions.ErrorText.NOWHERE;
    assertThat(http.rows(id).get(0).has("error")).isFalse();
    assertThat(upload(path).has("error")).isFalse();
  }

  /** In a video's own status PROCESSING is a stage after UPLOADED (contract, section 5). */
  @Test
  void aVideoThatIsBeingUploadedIsNotYetProcessed() throws IOException {
    String id = http.importS3(List.of("a.mp4"));
    JsonNode row = http.rows(id).get(0);
    assertThat(row.required("status").asText()).isEqualTo("PROCESSING");
    String path = "/api/video/" + row.required("video_id").asText() + "/status";
    assertThat(upload(path).required("status").asText())
        .isIn("NOT_STARTED", "PREPARE_IN_PROGRESS", "PREPARE_COMPLETED");
    clock.advance(LONG);
    assertThat(upload(path).required("status").asText()).isEqualTo("UPLOADED");
  }

  @Test
  void theBackendTakesUpVideosAtItsPace() throws IOException {
    options.videosPerSecond = 10;
    String first = http.importS3(Http.keys(15));
    String second = http.importS3(Http.keys(10));
    assertThat(http.rows(first)).hasSize(1);
    clock.advance(Duration.ofSeconds(1));
    assertThat(http.rows(first)).hasSize(11);
    assertThat(http.rows(second)).isEmpty();
    clock.advance(Duration.ofSeconds(1));
    assertThat(http.rows(first)).hasSize(15);
    assertThat(http.rows(second)).hasSize(6);
  }

  @Test
  void theSameSeedGivesTheSameRows() throws IOException {
    options.duplicateRows = 20;
    options.failedRows = 20;
    String id = http.importS3(Http.keys(50));
    clock.advance(LONG);
    try (Emulator other = Emulator.start(options, clock)) {
      Http otherHttp = new Http(other);
      String same = otherHttp.importS3(Http.keys(50));
      options.seed = 2;
      String different = otherHttp.importS3(Http.keys(50));
      clock.advance(LONG);
      assertThat(same).isEqualTo(id);
      assertThat(otherHttp.rows(same)).isEqualTo(http.rows(id));
      assertThat(Http.texts(otherHttp.rows(different), "video_id"))
          .doesNotContainAnyElementsOf(Http.texts(http.rows(id), "video_id"));
    }
  }

  private JsonNode upload(String path) throws IOException {
    return http.get(path).json().at("/metadata/visual_analysis/status");
  }
}
