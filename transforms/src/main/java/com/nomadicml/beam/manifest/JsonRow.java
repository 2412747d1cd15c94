package com.nomadicml.beam.manifest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import javax.annotation.Nullable;

/** One JSON value as a row: a string, or an object. */
final class JsonRow {
  /** A name that stands twice in one object would lose a value in silence. */
  static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private JsonRow() {}

  /** Gives the row to {@code sink}, or says why it is none. */
  static void read(JsonNode node, long line, String raw, RowSink sink) {
    if (node.isTextual()) {
      sink.row(new ManifestRow(line, raw, Map.of(ManifestRow.URI, node.asText()), Map.of()));
    } else if (node.isObject()) {
      JsonNode views = node.path("views");
      if (!views.isMissingNode() && !views.isNull() && !views.isObject()) {
        sink.unreadable(line, raw, "views must be an object of URIs by view");
        return;
      }
      Map<String, String> fields = new LinkedHashMap<>();
      Map<String, String> urisByView = new LinkedHashMap<>();
      String error = texts(node, false, fields);
      error = error == null ? texts(views, true, urisByView) : error;
      if (error == null) {
        sink.row(new ManifestRow(line, raw, fields, urisByView));
      } else {
        sink.unreadable(line, raw, error);
      }
    } else {
      sink.unreadable(line, raw, "neither a string nor an object");
    }
  }

  /** What is wrong, without what Jackson says of itself. */
  static String problem(JsonProcessingException e) {
    String message = String.valueOf(e.getOriginalMessage());
    return message.startsWith("Trailing token")
        ? "more follows behind the value"
        : message.replaceFirst(
            "(?s) \\((start marker|for Object starting|for Array starting).*", "");
  }

  /** One line of JSON that says what a row of another format holds. */
  static String text(Map<String, String> fields, Map<String, String> views) {
    ObjectNode row = JSON.createObjectNode();
    fields.forEach(row::put);
    if (!views.isEmpty()) {
      views.forEach(row.putObject("views")::put);
    }
    return row.toString();
  }

  /** Puts the object's texts into {@code texts}; says what would be lost, or null. */
  @Nullable
  private static String texts(JsonNode object, boolean areViews, Map<String, String> texts) {
    for (Map.Entry<String, JsonNode> property : object.properties()) {
      String name = property.getKey().strip().toLowerCase(Locale.ROOT);
      JsonNode value = property.getValue();
      if (value.isContainerNode() && (areViews || EntryMapper.VIEWS.contains(name))) {
        return "the view " + name + " is no text";
      }
      if (name.isEmpty() || value.isContainerNode() || value.asText("").isBlank()) {
        continue;
      }
      if (texts.putIfAbsent(name, value.asText()) != null) {
        return "the property " + name + " stands twice";
      }
    }
    return null;
  }
}
