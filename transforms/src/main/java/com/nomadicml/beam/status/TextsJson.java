package com.nomadicml.beam.status;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import javax.annotation.Nullable;

/** Texts as JSON: by name as a column of one object, null when there are none; or as an array. */
final class TextsJson {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<TreeMap<String, String>> TEXTS = new TypeReference<>() {};

  private TextsJson() {}

  @Nullable
  static String write(Map<String, String> texts) {
    if (texts.isEmpty()) {
      return null;
    }
    try {
      return JSON.writeValueAsString(new TreeMap<>(texts));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("texts cannot be written as JSON", e);
    }
  }

  static String write(Collection<String> texts) {
    return JSON.valueToTree(texts).toString();
  }

  static Map<String, String> read(@Nullable String json) {
    if (json == null) {
      return Map.of();
    }
    try {
      return Collections.unmodifiableMap(JSON.readValue(json, TEXTS));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("not a JSON object of texts: " + json, e);
    }
  }
}
