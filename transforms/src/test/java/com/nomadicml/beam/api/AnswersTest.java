package com.nomadicml.beam.api;

import static com.nomadicml.beam.api.ApiFixtures.api;
import static com.nomadicml.beam.api.ApiFixtures.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nomadicml.beam.model.SeenViews;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What answers are read as, whatever else or less they hold. */
class AnswersTest {
  private final ScriptedServer server = new ScriptedServer();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void keyVerification() throws ApiException {
    server.then(200, text("key-verified")).then(200, "{}").then(200, "{\"valid\":false}");
    NomadicApi api = api(server);
    KeyVerification verified = api.verifyKey();
    assertThat(verified.isValid()).isTrue();
    assertThat(verified.canWrite()).isTrue();
    assertThat(verified.expiresAt()).isEqualTo("2027-07-21T00:00:00Z");
    assertThat(api.verifyKey()).isEqualTo(new KeyVerification(null, null, null, null, null, null));
    assertThat(api.verifyKey().isValid()).isFalse();
  }

  @Test
  void whoseAKeyIsMayBeToldInSeveralWays() throws ApiException {
    server
        .then(200, "{\"user_id\":\"u_1\",\"org_id\":null}")
        .then(200, "{\"uid\":42,\"org_id\":\"o_1\",\"user_id\":{}}");
    NomadicApi api = api(server);

    KeyVerification one = api.verifyKey();
    assertThat(one.userId()).isEqualTo("u_1");
    assertThat(one.uid()).isNull();
    assertThat(one.orgId()).isNull();
    KeyVerification other = api.verifyKey();
    assertThat(other.userId()).isEmpty();
    assertThat(other.uid()).isEqualTo("42");
    assertThat(other.orgId()).isEqualTo("o_1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"{} | true", "{'scope':['read']} | false", "{'scope':['admin']} | true"})
  void aKeyWithoutAStatedScopeMayWrite(String body, boolean canWrite) throws ApiException {
    server.then(200, body.replace('\'', '"'));
    assertThat(api(server).verifyKey().canWrite()).isEqualTo(canWrite);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1816214400", "null", "{\"_seconds\":1816214400,\"_nanoseconds\":0}"})
  void theKeysExpiryMayHaveAnyForm(String expiresAt) throws ApiException {
    server.times(
        5, ScriptedServer.Answer.of(200, "{\"valid\":true,\"expires_at\":" + expiresAt + "}"));
    assertThat(api(server).verifyKey().isValid()).isTrue();
  }

  @Test
  void folder() throws ApiException {
    server.then(200, text("folder")).then(200, "{\"id\":\"f\",\"org_id\":null,\"video_count\":3}");
    NomadicApi api = api(server);
    assertThat(api.createOrGetFolder("Marketing", "org"))
        .isEqualTo(new Folder("folder1", "Marketing", "org"));
    assertThat(api.getFolder("Marketing", "org")).isEqualTo(new Folder("f", null, null));
  }

  @ParameterizedTest
  @CsvSource({"409, Conflict", "400, Folder already exists"})
  void aFolderThatIsThereAlreadyIsAskedFor(int status, String words) throws ApiException {
    server.then(status, "{\"detail\":\"" + words + "\"}").then(200, "{\"id\":\"f\"}");
    assertThat(api(server).createOrGetFolder("Marketing", "org").id()).isEqualTo("f");
    assertThat(server.requests().get(1).path()).isEqualTo("/api/folders/get");
  }

  @Test
  void importJob() throws ApiException {
    server.then(200, text("import-job")).then(200, "{}");
    NomadicApi api = api(server);
    ImportJobInfo job = api.importJob("ij_a1b2c3d4e5f6");
    assertThat(job.jobId()).isEqualTo("ij_a1b2c3d4e5f6");
    assertThat(job.source()).isEqualTo("s3");
    assertThat(job.bucket()).isEqualTo("my-bucket");
    assertThat(job.prefix()).isNull();
    assertThat(job.folderId()).isEqualTo("fld_1");
    assertThat(job.folderName()).isEqualTo("fleet_uploads");
    assertThat(job.total()).isEqualTo(3);
    assertThat(job.completedAt()).isNull();
    assertThat(api.importJob("ij_1").total()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"2026-07-21T00:00:00Z\"", "1784592000", "{\"_seconds\":1784592000}"})
  void timestampsAreKeptAsTheyCame(String timestamp) throws ApiException {
    server.then(200, "{\"created_at\":" + timestamp + ",\"completed_at\":" + timestamp + "}");
    ImportJobInfo job = api(server).importJob("ij_1");
    assertThat(job.createdAt()).hasToString(timestamp);
    assertThat(job.completedAt()).hasToString(timestamp);
    assertThat(job.updatedAt()).isNull();
  }

  @Test
  void aPageOfVideos() throws ApiException {
    server.then(200, text("import-job-videos"));
    VideoPage page = page();
    assertThat(page.total()).isEqualTo(3);
    assertThat(page.hasMore()).isFalse();
    assertThat(page.nextCursor()).isNull();
    assertThat(page.videos())
        .containsExactly(
            new VideoRow("0f…", "UPLOADED", "s3://my-bucket/videos/clip_001.mp4", null),
            new VideoRow("9c…", "UPLOADING_FAILED", "s3://my-bucket/videos/clip_002.mp4", null));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "['left','top'] | left, top",
        "[{'role':'left'},{'view':'top','error':'Not found'}] | left, top (Not found)",
        "{'left':'Not found','top':null,'right':false} | left (Not found), top",
        "{'left':{'message':'Too short'}} | left (Too short)",
        "'left' | left",
        "true | true",
        "[{'index':1},''] | unnamed",
        "['le\\u001bft\\n'] | le ft",
      })
  void failedViewsMayHaveAnyForm(String views, String failed) throws ApiException {
    assertThat(String.join(", ", views("'failed_views':" + views).getFailed())).isEqualTo(failed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'failed_views':[]",
        "'failed_views':{}",
        "'failed_views':null",
        "'failed_views':''",
        "'failed_views':false",
        "'failed_views':0",
        "'failed_views':[null]",
        "'failed_views':{'left':false}",
        "'set_video_id':null,'views':null",
        "'views':[]",
      })
  void noneOrEmptyIsNothingSaidOfViews(String members) throws ApiException {
    assertThat(views(members)).isNull();
  }

  @Test
  void theVideoIdsOfASet() throws ApiException {
    SeenViews views =
        views("'set_video_id':'s','views':{'front':'f','left':{'video_id':'l'},'top':null}");
    assertThat(views.getVideoIds())
        .isEqualTo(Map.of(SeenViews.SET, "s", "front", "f", "left", "l"));
    assertThat(views.getFailed()).isEmpty();
  }

  @Test
  void whatIsSaidOfViewsIsBounded() throws ApiException {
    String many =
        IntStream.range(0, 500)
            .mapToObj(i -> "'" + i + "x".repeat(900) + "':'" + "y".repeat(900) + "'")
            .collect(Collectors.joining(",", "{", "}"));
    SeenViews views = views("'views':" + many + ",'failed_views':" + many);
    // Half an id would be another one.
    assertThat(views.getVideoIds()).isEmpty();
    assertThat(views.getFailed()).hasSize(33).endsWith("and more");
    assertThat(String.join(", ", views.getFailed())).hasSizeLessThan(6_000);
    assertThat(views("'views':" + many.replace("y".repeat(900), "id")).getVideoIds()).hasSize(32);
  }

  private SeenViews views(String members) throws ApiException {
    server.then(200, ("{'videos':[{'video_id':'v'," + members + "}]}").replace('\'', '"'));
    return page().videos().get(0).views();
  }

  @Test
  void aPageWithMoreToCome() throws ApiException {
    server.then(
        200, "{\"total\":9,\"has_more\":true,\"next_cursor\":\"9c\",\"videos\":[],\"new\":{}}");
    assertThat(page())
        .extracting(VideoPage::hasMore, VideoPage::nextCursor)
        .containsExactly(true, "9c");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\"total\":0,", "\"total\":null,", "\"total\":-1,"})
  void aTotalThatIsNotThereYetIsZero(String total) throws ApiException {
    server.then(200, "{" + total + "\"videos\":[{\"extra\":1}]}");
    VideoPage page = page();
    assertThat(page.total()).isZero();
    assertThat(page.videos()).containsExactly(new VideoRow("", null, null, null));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'error':'no access' | no access",
        "'error':null,'error_message':'no access' | no access",
        "'last_error':'late','reason':'first' | first",
        "'detail':['no access'] | no access",
        "'error':{'code':'AccessDenied','message':'no access'} | no access",
      })
  void theFirstReasonOfARowIsItsError(String members, String error) throws ApiException {
    String row = "{'video_id':'9c','status':'UPLOADING_FAILED'," + members + "}";
    server.then(200, ("{'videos':[" + row + "]}").replace('\'', '"'));
    assertThat(page().videos().get(0).error()).contains(error);
  }

  @Test
  void theTrueVideoStatusIsInTheMetadata() throws ApiException {
    server.then(200, text("video-status")).then(200, "{\"video_id\":\"0f3a\",\"status\":\"x\"}");
    NomadicApi api = api(server);
    assertThat(api.videoStatus("0f3a")).isEqualTo(new VideoRow("0f3a", "UPLOADED", null, null));
    assertThat(api.videoStatus("0f3a")).isEqualTo(new VideoRow("0f3a", "x", null, null));
  }

  @Test
  void aVideoStatusWithoutAnIdHasNoMadeUpOne() throws ApiException {
    server.then(200, "{\"status\":\"UPLOADED\"}");
    assertThat(api(server).videoStatus("0f3a").videoId()).isNotEqualTo("null");
  }

  @Test
  void aByteOrderMarkIsNoPartOfAnAnswer() throws ApiException {
    server.then(200, "\uFEFF{\"video_id\":\"0f3a\",\"status\":\"UPLOADED\"}");
    assertThat(api(server).videoStatus("0f3a").status()).isEqualTo("UPLOADED");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "[]", "{}", "{\"videos\":{}}", "{\"videos\":[", "<html>"})
  void aPageThatIsNoneIsNoEmptyPage(String body) {
    server.times(5, ScriptedServer.Answer.of(200, body));
    assertThatThrownBy(this::page)
        .isInstanceOf(ApiException.class)
        .hasMessageContaining("can't be read");
  }

  @Test
  void compressedAnswersAreRead() throws ApiException, IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      out.write(text("import-job-videos").getBytes(StandardCharsets.UTF_8));
    }
    server.then(ScriptedServer.Answer.bytes(200, zipped.toByteArray(), "Content-Encoding", "gzip"));
    assertThat(page().videos()).hasSize(2);
    assertThat(server.onlyRequest().header("Accept-Encoding")).isEqualTo("gzip");
  }

  private VideoPage page() throws ApiException {
    return api(server).importJobVideos("ij_1", PageRequest.first(500));
  }
}
