package com.nomadicml.beam.manifest;

import java.util.Map;

/**
 * One line of a manifest as it was written.
 *
 * @param line from 1
 * @param raw the line's text, for its owner
 * @param fields by name in lower case; blank ones are left out
 * @param views by name in lower case, from an object {@code views}
 */
record ManifestRow(long line, String raw, Map<String, String> fields, Map<String, String> views) {

  /** The field of a line that is nothing but a URI. */
  static final String URI = "";

  static ManifestRow ofUri(long line, String uri) {
    return new ManifestRow(line, uri, Map.of(URI, uri), Map.of());
  }
}
