package com.nomadicml.beam.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.nomadicml.beam.model.SeenViews;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.annotation.Nullable;

/**
 * Reads what a row says of its set's views: {@code set_video_id}, {@code views} and {@code
 * failed_views} (contract, section 4.7). The form of the last is not published, so a list of roles,
 * a list of objects with a role, and an object by role are read alike. Bounded: it goes into a
 * message and a column.
 */
final class ViewsAnswer {
  private static final int MAX_VIEWS = 32;
  private static final int MAX_NAME = 40;
  private static final int MAX_REASON = 120;
  private static final int MAX_ID = 200;

  private static final String[] ROLES = {"role", "view", "name", "key", "camera", "label"};
  private static final String[] IDS = {"video_id", "id"};

  /** Of a failed view that the API does not name. */
  private static final String UNNAMED = "unnamed";

  private ViewsAnswer() {}

  /** Null when the row says nothing of views. */
  @Nullable
  static SeenViews of(JsonNode row) {
    Map<String, String> ids = new TreeMap<>();
    row.path("views").fields().forEachRemaining(view -> addId(ids, view.getKey(), view.getValue()));
    addId(ids, SeenViews.SET, row.path("set_video_id"));
    List<String> failed = failed(row.path("failed_views"));
    return ids.isEmpty() && failed.isEmpty() ? null : SeenViews.of(ids, failed);
  }

  private static void addId(Map<String, String> ids, String name, JsonNode value) {
    JsonNode id = value.isObject() ? first(value, IDS) : value;
    // Half an id would be another one.
    boolean isId = id.isValueNode() && !id.isNull() && !id.asText().isBlank();
    if (isId && id.asText().length() <= MAX_ID && ids.size() < MAX_VIEWS) {
      ids.put(cut(name, MAX_NAME), id.asText());
    }
  }

  private static List<String> failed(JsonNode views) {
    List<String> failed = new ArrayList<>();
    if (views.isObject()) {
      views
          .fields()
          .forEachRemaining(view -> addFailed(failed, view.getKey(), view.getValue(), views));
    } else if (views.isArray()) {
      views.forEach(view -> addFailed(failed, role(view), view, views));
    } else if (isThere(views)) {
      failed.add(cut(role(views), MAX_NAME));
    }
    return failed;
  }

  private static void addFailed(List<String> failed, String role, JsonNode why, JsonNode all) {
    boolean well = all.isObject() ? why.isBoolean() && !why.booleanValue() : !isThere(why);
    if (well || failed.size() > MAX_VIEWS) {
      return;
    }
    if (failed.size() == MAX_VIEWS) {
      failed.add("and more");
      return;
    }
    String reason =
        all.isObject() && why.isTextual() && !why.asText().isBlank()
            ? why.asText()
            : why.isObject() ? Answers.error(why) : null;
    String view = cut(role, MAX_NAME);
    failed.add(reason == null ? view : view + " (" + cut(reason, MAX_REASON) + ")");
  }

  /** Whether a value says that something failed. */
  private static boolean isThere(JsonNode value) {
    if (value.isContainerNode()) {
      return !value.isEmpty();
    }
    return !value.isMissingNode()
        && !value.isNull()
        && !value.asText().isBlank()
        && !(value.isBoolean() && !value.booleanValue())
        && !(value.isNumber() && value.asDouble() == 0);
  }

  private static String role(JsonNode view) {
    return view.isObject() ? first(view, ROLES).asText(UNNAMED) : view.asText(UNNAMED);
  }

  private static JsonNode first(JsonNode object, String[] members) {
    for (String member : members) {
      JsonNode value = object.path(member);
      if (value.isValueNode() && !value.isNull()) {
        return value;
      }
    }
    return object.path("");
  }

  private static String cut(String text, int length) {
    String line = ErrorMessage.of(text, "");
    if (text.isBlank()) {
      return UNNAMED;
    }
    return line.length() <= length ? line : line.substring(0, length) + "…";
  }
}
