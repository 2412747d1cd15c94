package com.nomadicml.beam.manifest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.annotation.Nullable;

/** How JSON is read and written. */
final class JsonRow {
  /**
   * A name that stands twice in one object would lose a value in silence. {@code NaN} and {@code
   * Infinity} are written by Python.
   */
  static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                  .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private JsonRow() {}

  /** What is wrong, without what Jackson says of itself. */
  static String problem(JsonProcessingException e) {
    String message = String.valueOf(e.getOriginalMessage());
    if (message.startsWith("Trailing token")) {
      return "more follows behind the value";
    }
    if (isTooDeep(e)) {
      return "it is nested too deep";
    }
    if (e instanceof StreamConstraintsException) {
      return "a name, number or text in it is too long";
    }
    return message.replaceFirst(
        "(?s) \\((start marker|for Object starting|for Array starting).*", "");
  }

  /** Whether it is nested as deep as nobody writes but to break a parser. */
  static boolean isTooDeep(JsonProcessingException e) {
    return e instanceof StreamConstraintsException
        && String.valueOf(e.getOriginalMessage()).contains("nesting");
  }

  /** One line of JSON that says what a row of another format holds. */
  static String text(Map<String, String> fields, Map<String, Object> nested) {
    Map<String, Object> row = new LinkedHashMap<>();
    fields.forEach((name, value) -> row.put(name.equals(ManifestRow.URI) ? "uri" : name, value));
    row.putAll(nested);
    return text(row);
  }

  /** A value as JSON has it, on one line. */
  static String text(@Nullable Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps, lists and texts are JSON", e);
    }
  }

  /** A tree as maps, lists and plain values. */
  @Nullable
  static Object value(JsonNode tree) {
    return JSON.convertValue(tree, Object.class);
  }

  /** The line that an error stands on. */
  static long line(JsonProcessingException e) {
    return e.getLocation() == null ? 1 : e.getLocation().getLineNr();
  }
}
