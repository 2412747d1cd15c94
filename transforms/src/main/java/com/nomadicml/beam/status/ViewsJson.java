package com.nomadicml.beam.status;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.TreeMap;
import javax.annotation.Nullable;

/** The {@code views} column: URI by view as a JSON object, or null for a single video. */
final class ViewsJson {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<TreeMap<String, String>> VIEWS = new TypeReference<>() {};

  private ViewsJson() {}

  @Nullable
  static String write(Map<String, String> views) {
    if (views.isEmpty()) {
      return null;
    }
    try {
      return JSON.writeValueAsString(new TreeMap<>(views));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("views cannot be written as JSON", e);
    }
  }

  static Map<String, String> read(@Nullable String json) {
    if (json == null) {
      return Map.of();
    }
    try {
      return Map.copyOf(JSON.readValue(json, VIEWS));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("import_videos.views is not a JSON object: " + json, e);
    }
  }
}
