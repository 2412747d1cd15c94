package com.nomadicml.beam.manifest;

import java.util.Map;
import javax.annotation.Nullable;

/**
 * One line of a manifest as it was written.
 *
 * @param line from 1
 * @param raw the line's text, for its owner; null where a format has no text
 * @param fields by name in lower case; blank ones are left out
 * @param nested objects and lists by name in lower case, as maps and lists, as far as they are of
 *     use
 */
record ManifestRow(
    long line, @Nullable String raw, Map<String, String> fields, Map<String, Object> nested) {

  /** The field of a line that is nothing but a URI. */
  static final String URI = "";

  /** The line's text, or JSON that says what it holds. */
  @Override
  public String raw() {
    return raw == null ? JsonRow.text(fields, nested) : raw;
  }

  /** The same line with other fields. */
  ManifestRow with(Map<String, String> otherFields) {
    return new ManifestRow(line, raw, otherFields, nested);
  }

  static ManifestRow ofUri(long line, String uri) {
    return new ManifestRow(line, uri, Map.of(URI, uri), Map.of());
  }
}
