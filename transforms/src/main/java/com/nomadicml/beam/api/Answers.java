package com.nomadicml.beam.api;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
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
  static final ObjectMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  static final TypeReference<Map<String, Object>> MEMBERS = new TypeReference<>() {};

  /** For an answer whose body says nothing, and may be empty or no JSON at all. */
  static final Reader<Void> IGNORED = body -> null;

  private static final String[] ERROR_MEMBERS = {
    "error", "error_message", "message", "detail", "reason", "last_error"
  };

  private Answers() {}

  /** Reads one answer's body. */
  @FunctionalInterface
  interface Reader<T> {
    T read(JsonNode body) throws IOException;
  }

  static <T> Reader<T> as(Class<T> type) {
    return body -> JSON.treeToValue(object(body), type);
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
        expires.isContainerNode() ? expires.toString() : text(expires),
        text(body.path("user_id")),
        text(body.path("uid")),
        text(body.path("org_id")));
  }

  static Map<String, Object> members(JsonNode body) throws IOException {
    return JSON.convertValue(object(body), MEMBERS);
  }

  static Folder folder(JsonNode body) throws IOException {
    return new Folder(requiredText(body, "id"), text(body.path("name")), text(body.path("scope")));
  }

  static Integration integration(JsonNode body) throws IOException {
    requiredText(body, "id");
    return JSON.treeToValue(body, Integration.class);
  }

  static List<Integration> integrations(JsonNode body) throws IOException {
    JsonNode items = body.isObject() ? body.path("integrations") : body;
    if (!items.isArray()) {
      throw new IOException("neither a list nor {integrations: […]}");
    }
    List<Integration> integrations = new ArrayList<>();
    for (JsonNode item : items) {
      // One without an id can't be named in a request, and is no reason to do without the others.
      if (item.hasNonNull("id")) {
        integrations.add(integration(item));
      }
    }
    return integrations;
  }

  static SubmitAnswer submitted(JsonNode body) throws IOException {
    String id = text(body.path("import_job_id"));
    List<String> videoIds = new ArrayList<>();
    body.path("uploaded_video_ids").forEach(videoId -> videoIds.add(videoId.asText()));
    boolean older = body.path("uploaded_video_ids").isArray();
    if ((id == null || id.isBlank()) && !older) {
      throw new IOException("neither import_job_id nor uploaded_video_ids");
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
      String id = text(video.path("video_id"));
      rows.add(
          new VideoRow(
              id == null ? "" : id,
              text(video.path("status")),
              text(video.path("import_source_uri")),
              error(video),
              ViewsAnswer.of(video)));
    }
    return new VideoPage(
        Math.max(0, body.path("total").asInt(0)),
        body.path("has_more").asBoolean(false),
        text(body.path("next_cursor")),
        rows);
  }

  /** The upload's true state is deep in the metadata (contract, section 4.8). */
  static VideoRow videoStatus(JsonNode body) throws IOException {
    JsonNode upload = object(body).path("metadata").path("visual_analysis").path("status");
    String status = text(upload.path("status"));
    String id = text(body.path("video_id"));
    String error = error(upload) == null ? error(body) : error(upload);
    return new VideoRow(
        id == null ? "" : id,
        status == null ? text(body.path("status")) : status,
        text(body.path("import_source_uri")),
        error);
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

  private static String requiredText(JsonNode body, String member) throws IOException {
    String text = text(object(body).path(member));
    if (text == null || text.isBlank()) {
      throw new IOException("no " + member);
    }
    return text;
  }

  @Nullable
  private static String text(JsonNode node) {
    return node.isMissingNode() || node.isNull() ? null : node.asText();
  }
}
