package com.nomadicml.beam.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Contract, sections 4.6 and 4.7: the rows of a job over time, and how they are paged. */
class JobVideosTest {
  private static final Duration LONG = Duration.ofDays(30);

  private final ManualClock clock = new ManualClock("2026-07-15T12:00:00Z");
  private final EmulatorOptions options = new EmulatorOptions();
  private Emulator emulator;
  private Http http;

  @BeforeEach
  void start() {
    options.requestsPerMinute = 0;
    options.appearWithin = Duration.ofSeconds(100);
    options.processWithin = Duration.ofSeconds(50);
    emulator = Emulator.start(options, clock);
    http = new Http(emulator);
  }

  @AfterEach
  void stop() {
    emulator.close();
  }

  @Test
  void rowsAppearOneAfterTheOther() throws IOException {
    String id = http.importS3(Http.keys(50));
    JsonNode page = http.page(id, "");
    assertThat(page.required("videos")).isEmpty();
    assertThat(page.required("video_count").asInt()).isZero();
    assertThat(page.required("total").asInt()).isEqualTo(50);
    assertThat(page.required("has_more").asBoolean()).isFalse();

    clock.advance(Duration.ofSeconds(50));
    List<JsonNode> half = http.rows(id);
    assertThat(half).hasSizeBetween(10, 40);
    assertThat(Http.texts(half, "status")).contains("PROCESSING", "UPLOADED");

    clock.advance(Duration.ofSeconds(50));
    assertThat(http.rows(id)).hasSize(50);
    assertThat(Http.texts(http.rows(id), "video_id")).containsAll(Http.texts(half, "video_id"));
    clock.advance(Duration.ofSeconds(50));
    assertThat(Http.texts(http.rows(id), "status")).hasSize(50).containsOnly("UPLOADED");
  }

  @Test
  void lateRowsMaySortBeforeTheCursor() throws IOException {
    String id = http.importS3(Http.keys(50));
    clock.advance(Duration.ofSeconds(50));
    String cursor = http.page(id, "").required("next_cursor").asText();
    int seen = http.rows(id).size();
    clock.advance(LONG);
    JsonNode rest = http.page(id, "?cursor=" + cursor);
    assertThat(seen + rest.required("videos").size()).isLessThan(50);
    assertThat(http.rows(id)).hasSize(50);
  }

  @Test
  void rowsAreInTheOrderOfTheirIdsNotOfTheRequest() throws IOException {
    String id = http.importS3(Http.keys(50));
    clock.advance(LONG);
    List<JsonNode> rows = http.rows(id);
    assertThat(Http.texts(rows, "video_id"))
        .isSorted()
        .doesNotHaveDuplicates()
        .allMatch(text -> text.matches("[0-9a-f]{32}"));
    List<String> uris = Http.keys(50).stream().map(key -> "s3://drive-data/" + key).toList();
    assertThat(Http.texts(rows, "import_source_uri"))
        .containsExactlyInAnyOrderElementsOf(uris)
        .isNotEqualTo(uris);
  }

  @Test
  void thePagesTogetherAreAllRows() throws IOException {
    String id = http.importS3(Http.keys(50));
    clock.advance(LONG);
    List<JsonNode> all = new ArrayList<>();
    String cursor = null;
    for (int size : new int[] {7, 7, 7, 7, 7, 7, 7, 1}) {
      JsonNode page = http.page(id, "?limit=7" + (cursor == null ? "" : "&cursor=" + cursor));
      assertThat(page.required("videos")).hasSize(size);
      assertThat(page.required("video_count").asInt()).isEqualTo(size);
      assertThat(page.required("total").asInt()).isEqualTo(50);
      assertThat(page.required("limit").asInt()).isEqualTo(7);
      assertThat(page.required("import_job_id").asText()).isEqualTo(id);
      assertThat(page.required("cursor").asText(null)).isEqualTo(cursor);
      assertThat(page.required("has_more").asBoolean()).isEqualTo(size == 7);
      page.required("videos").forEach(all::add);
      cursor = page.required("next_cursor").asText();
      assertThat(cursor).isEqualTo(all.get(all.size() - 1).required("video_id").asText());
    }
    assertThat(all).isEqualTo(http.rows(id)).hasSize(50);
  }

  @Test
  void aFullLastPageHasNoMore() throws IOException {
    String id = http.importS3(Http.keys(20));
    clock.advance(LONG);
    assertThat(http.page(id, "?limit=20").required("has_more").asBoolean()).isFalse();
    assertThat(http.page(id, "?limit=19").required("has_more").asBoolean()).isTrue();
  }

  @Test
  void aLimitAboveTheLargestIsClampedRejectedOrGranted() throws IOException {
    String id = http.importS3(Http.keys(25));
    clock.advance(LONG);
    assertThat(http.page(id, "").required("limit").asInt()).isEqualTo(500);
    options.maxLimit = 10;
    JsonNode clamped = http.page(id, "?limit=11");
    assertThat(clamped.required("limit").asInt()).isEqualTo(10);
    assertThat(clamped.required("videos")).hasSize(10);
    assertThat(clamped.required("has_more").asBoolean()).isTrue();

    options.limitMode = EmulatorOptions.LimitMode.REJECT;
    assertThat(http.get(videos(id) + "?limit=11").status()).isEqualTo(422);
    assertThat(http.page(id, "?limit=10").required("videos")).hasSize(10);

    options.limitMode = EmulatorOptions.LimitMode.GRANT;
    assertThat(http.page(id, "?limit=1000").required("videos")).hasSize(25);
    assertThat(http.get(videos(id) + "?limit=many").status()).isEqualTo(422);
  }

  @Test
  void anOffsetSkipsRows() throws IOException {
    String id = http.importS3(Http.keys(25));
    clock.advance(LONG);
    List<JsonNode> all = http.rows(id);
    JsonNode page = http.page(id, "?offset=20&limit=3");
    assertThat(page.required("videos")).containsExactlyElementsOf(all.subList(20, 23));
    assertThat(page.required("has_more").asBoolean()).isTrue();
    assertThat(http.page(id, "?offset=25").required("videos")).isEmpty();
    assertThat(http.get(videos(id) + "?offset=-1").status()).isEqualTo(422);
  }

  @Test
  void aCursorAndAnOffsetCannotBeCombined() throws IOException {
    String id = http.importS3(Http.keys(3));
    clock.advance(LONG);
    assertThat(http.get(videos(id) + "?cursor=0&offset=0").status()).isEqualTo(400);
  }

  @Test
  void aMultiViewJobShowsItsFrontsAndKnowsNoOffset() throws IOException {
    String body =
        """
        {"bucket":"drive-data","scope":"user","collection":"videos","folder_id":null,"sets":[
          {"views":{"front":"s3://drive-data/1/f.mp4","left":"s3://drive-data/1/l.mp4"}},
          {"views":{"front":"s3://drive-data/2/f.mp4","top":"s3://drive-data/2/t.mp4"}}]}""";
    String id = Http.jobId(http.post("/api/s3/upload", body));
    clock.advance(LONG);
    JsonNode page = http.page(id, "");
    assertThat(page.required("total").asInt()).isEqualTo(2);
    assertThat(Http.texts(page.required("videos"), "import_source_uri"))
        .containsExactlyInAnyOrder("s3://drive-data/1/f.mp4", "s3://drive-data/2/f.mp4");
    assertThat(http.get(videos(id) + "?offset=0").status()).isEqualTo(400);
    JsonNode first = http.page(id, "?limit=1");
    JsonNode second = http.page(id, "?cursor=" + first.required("next_cursor").asText());
    assertThat(second.required("videos")).hasSize(1).isNotEqualTo(first.required("videos"));
  }

  @Test
  void aSetsRowNamesTheVideosOfItsViews() throws IOException {
    String views =
        Stream.of(
                "front rear back left right top bottom vehicle_view",
                "overhead_1 overhead_2 overhead_3 overhead_4 overhead_5 overhead_6")
            .flatMap(names -> Stream.of(names.split(" ")))
            .map(view -> "\"" + view + "\":\"s3://drive-data/" + view + ".mp4\"")
            .collect(Collectors.joining(",", "{", "}"));
    String id =
        Http.jobId(
            http.post(
                "/api/s3/upload",
                "{\"bucket\":\"drive-data\",\"scope\":\"user\",\"sets\":[{\"views\":"
                    + views
                    + "}]}"));
    clock.advance(LONG);
    JsonNode row = http.rows(id).get(0);
    assertThat(row.required("set_video_id").asText()).isNotBlank();
    assertThat(row.required("views")).hasSize(14).doesNotHaveDuplicates();
    assertThat(row.required("views").required("front")).isEqualTo(row.required("video_id"));
    assertThat(row.required("failed_views").isArray()).isTrue();
    assertThat(row.required("failed_views")).isEmpty();
    String single = http.importS3(Http.keys(1));
    clock.advance(LONG);
    assertThat(http.rows(single).get(0).has("views")).isFalse();
  }

  @Test
  void theTotalMayBeZeroAtFirst() throws IOException {
    options.zeroTotalFor = Duration.ofSeconds(10);
    String id = http.importS3(Http.keys(3));
    clock.advance(Duration.ofMillis(9_999));
    assertThat(http.page(id, "").required("total").asInt()).isZero();
    assertThat(http.get("/api/import-jobs/" + id).json().required("total").asInt()).isZero();
    clock.advance(Duration.ofMillis(1));
    assertThat(http.page(id, "").required("total").asInt()).isEqualTo(3);
    assertThat(http.get("/api/import-jobs/" + id).json().required("total").asInt()).isEqualTo(3);
  }

  @Test
  void aJobMayBeUnknownAtFirst() throws IOException {
    options.notFoundFor = Duration.ofSeconds(10);
    String id = http.importS3(Http.keys(3));
    clock.advance(Duration.ofMillis(9_999));
    assertThat(http.get(videos(id)).status()).isEqualTo(404);
    assertThat(http.get("/api/import-jobs/" + id).status()).isEqualTo(404);
    clock.advance(Duration.ofMillis(1));
    assertThat(http.get(videos(id)).status()).isEqualTo(200);
    assertThat(http.get("/api/import-jobs/" + id).status()).isEqualTo(200);
    assertThat(http.get(videos("ij_unknown")).status()).isEqualTo(404);
  }

  @Test
  void loopingCursorsNameThemselves() throws IOException {
    String id = http.importS3(Http.keys(20));
    clock.advance(LONG);
    String cursor = http.page(id, "?limit=5").required("next_cursor").asText();
    options.loopingCursors = 100;
    JsonNode page = http.page(id, "?limit=50&cursor=" + cursor);
    assertThat(page.required("next_cursor").asText()).isEqualTo(cursor);
    assertThat(page.required("has_more").asBoolean()).isTrue();
    assertThat(page.required("videos")).hasSize(15);
  }

  @Test
  void aJobDescribesItself() throws IOException {
    String folder = "{\"name\":\"Fleet\",\"scope\":\"user\"}";
    JsonNode created = http.post("/api/folders/create-or-get", folder).json();
    String body =
        "{\"bucket\":\"drive-data\",\"keys\":[\"a.mp4\"],\"scope\":\"user\",\"folder_id\":%s}"
            .formatted(created.required("id"));
    String id = Http.jobId(http.post("/api/s3/upload", body));
    JsonNode job = http.get("/api/import-jobs/" + id).json();
    assertThat(job.required("job_id").asText()).isEqualTo(id);
    assertThat(job.required("source").asText()).isEqualTo("s3");
    assertThat(job.required("bucket").asText()).isEqualTo("drive-data");
    assertThat(job.required("folder_id")).isEqualTo(created.required("id"));
    assertThat(job.required("folder_name").asText()).isEqualTo("Fleet");
    assertThat(job.required("total").asInt()).isEqualTo(1);
    assertThat(job.required("created_at").asText()).isEqualTo("2026-07-15T12:00:00Z");
    assertThat(job.has("status")).isFalse();
    assertThat(job.has("completed_at")).isFalse();
    clock.advance(LONG);
    assertThat(http.get("/api/import-jobs/" + id).json().has("completed_at")).isTrue();
  }

  private static String videos(String id) {
    return "/api/import-jobs/" + id + "/videos";
  }
}
