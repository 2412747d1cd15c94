package com.nomadicml.beam.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import com.nomadicml.beam.model.SeenViews;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;

/**
 * Reads the API's answers leniently: unknown members are ignored, and only what a caller can't do
 * without has to be there (contract, section 8, number 30).
 */
final class Answers {
  /** More than any answer has, and less than what a small heap can't hold. */
  private static final StreamReadConstraints BOUNDS =
      StreamReadConstraints.builder()
          .maxNestingDepth(100)
          .maxNumberLength(100)
          .maxNameLength(1_000)
          .maxTokenCount(1_000_000)
          .build();

  static final ObjectMapper JSON =
      JsonMapper.builder(JsonFactory.builder().streamReadConstraints(BOUNDS).build())
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  static final TypeReference<Map<String, Object>> MEMBERS = new TypeReference<>() {};

  /** For an answer whose body says nothing, and may be empty or no JSON at all. */
  static final Reader<Void> IGNORED = body -> null;

  private static final int MAX_NAME = 200;
  private static final int MAX_STATUS = 100;

  /** Of a bucket, a prefix, an address: an object's key has 1,024 bytes at most. */
  private static final int MAX_PLACE = 1_200;

  /** Of a URI, in which every byte of its key may be escaped. */
  private static final int MAX_URI = 10_000;

  private static final int MAX_CURSOR = 1_000;

  private static final String[] ERROR_MEMBERS = {
    "error", "error_message", "message", "detail", "reason", "last_error"
  };

  private Answers() {}

  /** Reads one answer's body. */
  @FunctionalInterface
  interface Reader<T> {
    T read(JsonNode body) throws IOException;
  }

  static ImportJobInfo importJob(JsonNode body) throws IOException {
    ImportJobInfo job = JSON.treeToValue(object(body), ImportJobInfo.class);
    return new ImportJobInfo(
        BoundedText.cut(job.jobId(), MAX_NAME),
        BoundedText.cut(job.source(), MAX_NAME),
        BoundedText.cut(job.bucket(), MAX_PLACE),
        BoundedText.cut(job.prefix(), MAX_PLACE),
        BoundedText.cut(job.folderId(), MAX_NAME),
        BoundedText.cut(job.folderName(), MAX_NAME),
        job.total(),
        time(job.createdAt()),
        time(job.updatedAt()),
        time(job.completedAt()));
  }

  /** As it came, unless it is longer than any time. */
  @Nullable
  private static JsonNode time(@Nullable JsonNode node) {
    String text = node == null ? "" : node.isTextual() ? node.asText() : node.toString();
    return text.length() <= MAX_NAME ? node : TextNode.valueOf(BoundedText.cut(text, MAX_NAME));
  }

  static KeyVerification keyVerification(JsonNode body) throws IOException {
    JsonNode valid = object(body).path("valid");
    List<String> scope = null;
    if (body.path("scope").isArray()) {
      scope = new ArrayList<>();
      for (JsonNode item : body.path("scope")) {
        scope.add(item.asText());
      }
    }
    JsonNode expires = body.path("expires_at");
    return new KeyVerification(
        valid.isBoolean() ? valid.booleanValue() : null,
        scope,
        BoundedText.cut(expires.isContainerNode() ? expires.toString() : text(expires), MAX_NAME),
        text(body.path("user_id")),
        text(body.path("uid")),
        text(body.path("org_id")));
  }

  static Map<String, Object> members(JsonNode body) throws IOException {
    return JSON.convertValue(object(body), MEMBERS);
  }

  static Folder folder(JsonNode body) throws IOException {
    return new Folder(
        requiredId(body),
        BoundedText.cut(text(body.path("name")), MAX_NAME),
        BoundedText.cut(text(body.path("scope")), MAX_NAME));
  }

  static Integration integration(JsonNode body) throws IOException {
    requiredId(body);
    Integration saved = JSON.treeToValue(body, Integration.class);
    return new Integration(
        saved.id(),
        BoundedText.cut(saved.name(), MAX_NAME),
        BoundedText.cut(saved.type(), MAX_NAME),
        BoundedText.cut(saved.bucket(), MAX_PLACE),
        BoundedText.cut(saved.prefix(), MAX_PLACE),
        BoundedText.cut(saved.region(), MAX_NAME),
        BoundedText.cut(saved.endpointUrl(), MAX_PLACE),
        BoundedText.cut(saved.roleArn(), MAX_PLACE),
        saved.isOwner());
  }

  static List<Integration> integrations(JsonNode body) throws IOException {
    JsonNode items = body.isObject() ? body.path("integrations") : body;
    if (!items.isArray()) {
      throw new IOException("neither a list nor {integrations: […]}");
    }
    List<Integration> integrations = new ArrayList<>();
    for (JsonNode item : items) {
      // One without an id can't be named in a request, and is no reason to do without the others.
      if (item.hasNonNull("id") && BoundedText.isId(item.path("id").asText())) {
        integrations.add(integration(item));
      }
    }
    return integrations;
  }

  static SubmitAnswer submitted(JsonNode body) throws IOException {
    String id = text(body.path("import_job_id"));
    List<String> videoIds = new ArrayList<>();
    // Their places in the list count, so that one which is no id stands as none.
    body.path("uploaded_video_ids")
        .forEach(
            videoId -> videoIds.add(BoundedText.isId(videoId.asText()) ? videoId.asText() : ""));
    boolean older = body.path("uploaded_video_ids").isArray();
    if ((id == null || id.isBlank()) && !older) {
      throw new IOException("neither import_job_id nor uploaded_video_ids");
    }
    if (id != null && !id.isBlank() && !BoundedText.isId(id)) {
      throw new IOException("an import_job_id that " + BoundedText.whyNoId(id));
    }
    return new SubmitAnswer(id == null || id.isBlank() ? null : id, videoIds);
  }

  static VideoPage page(JsonNode body) throws IOException {
    JsonNode videos = object(body).path("videos");
    if (!videos.isArray()) {
      throw new IOException("no list of videos");
    }
    List<VideoRow> rows = new ArrayList<>();
    for (JsonNode video : videos) {
      rows.add(row(video, text(video.path("status")), error(video), ViewsAnswer.of(video)));
    }
    return new VideoPage(
        Math.max(0, body.path("total").asInt(0)),
        body.path("has_more").asBoolean(false),
        cursor(text(body.path("next_cursor"))),
        rows);
  }

  /** A row in words that its columns can hold: what is cut says so. */
  private static VideoRow row(
      JsonNode video, @Nullable String status, @Nullable String error, @Nullable SeenViews views) {
    String id = text(video.path("video_id"));
    return new VideoRow(
        id == null ? "" : BoundedText.cutName(id),
        BoundedText.cut(status, MAX_STATUS),
        BoundedText.cut(text(video.path("import_source_uri")), MAX_URI),
        error,
        views);
  }

  /** Null for one that no request can name: the page is taken for one that does not say. */
  @Nullable
  private static String cursor(@Nullable String text) {
    return text == null || text.isBlank() || text.length() > MAX_CURSOR ? null : text;
  }

  /** The upload's true state is deep in the metadata (contract, section 4.8). */
  static VideoRow videoStatus(JsonNode body) throws IOException {
    JsonNode upload = object(body).path("metadata").path("visual_analysis").path("status");
    String status = text(upload.path("status"));
    String error = error(upload) == null ? error(body) : error(upload);
    return row(body, status == null ? text(body.path("status")) : status, error, null);
  }

  /** The first of the members that may tell a reason, or null. */
  @Nullable
  static String error(JsonNode node) {
    for (String member : ERROR_MEMBERS) {
      JsonNode value = node.path(member);
      if (!value.isMissingNode() && !value.isNull() && !value.asText().isBlank()
          || value.isContainerNode() && !value.isEmpty()) {
        return ErrorMessage.of(value.isTextual() ? value.asText() : value.toString(), "");
      }
    }
    return null;
  }

  private static JsonNode object(JsonNode body) throws IOException {
    if (!body.isObject()) {
      throw new IOException("not a JSON object");
    }
    return body;
  }

  private static String requiredId(JsonNode body) throws IOException {
    String id = text(object(body).path("id"));
    if (id == null || !BoundedText.isId(id)) {
      throw new IOException("no id");
    }
    return id;
  }

  @Nullable
  private static String text(JsonNode node) {
    return node.isMissingNode() || node.isNull() ? null : node.asText();
  }
}
