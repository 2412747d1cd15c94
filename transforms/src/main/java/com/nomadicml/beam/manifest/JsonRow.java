package com.nomadicml.beam.manifest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** One JSON value as a row: a string, or an object. */
final class JsonRow {
  /** A name that stands twice in one object would lose a value in silence. */
  static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(com.fasterxml.jackson.databind.DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
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
      sink.row(new ManifestRow(line, raw, texts(node), texts(views)));
    } else {
      sink.unreadable(line, raw, "neither a string nor an object");
    }
  }

  private static Map<String, String> texts(JsonNode object) {
    Map<String, String> texts = new LinkedHashMap<>();
    object
        .fields()
        .forEachRemaining(
            field -> {
              if (field.getValue().isValueNode() && !field.getValue().asText("").isBlank()) {
                texts.put(
                    field.getKey().strip().toLowerCase(Locale.ROOT), field.getValue().asText());
              }
            });
    return texts;
  }
}
