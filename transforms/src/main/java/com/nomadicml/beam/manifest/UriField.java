package com.nomadicml.beam.manifest;

import com.google.common.base.Splitter;
import com.nomadicml.beam.model.Provider;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;

/**
 * Which field holds the URI.
 *
 * @param name as the user says, in lower case; null for the first usual one that is there. In
 *     formats that nest, dots lead into objects and lists.
 */
record UriField(@Nullable String name) implements Serializable {
  private static final List<String> USUAL =
      List.of("uri", "source_uri", "source-ref", "url", "path", "video");

  static UriField named(@Nullable String name) {
    return new UriField(name == null ? null : NestedRows.name(name));
  }

  /** The names that lead to the URI in a record that nests; empty for the usual ones. */
  List<String> path() {
    return name == null ? List.of() : Splitter.on('.').splitToList(name);
  }

  /** Whether a text is written like the URI of an object. */
  static boolean isUri(String text) {
    String uri = OddCharacters.strip(text);
    return Arrays.stream(Provider.values())
        .map(Provider::prefix)
        .anyMatch(prefix -> uri.regionMatches(true, 0, prefix, 0, prefix.length()));
  }

  /** The names to look under, best first. */
  private List<String> names() {
    return name == null ? USUAL : List.of(name);
  }

  private boolean isAmong(Collection<String> columns) {
    return names().stream().anyMatch(columns::contains);
  }

  /**
   * Checks that one of {@code columns}, in lower case, can hold a URI.
   *
   * @throws ManifestException naming what was looked for and found
   */
  void requireAmong(Collection<String> columns, String path) {
    if (!isAmong(columns)) {
      throw new ManifestException(
          path
              + ": no column holds the URI: looked for "
              + this
              + " or front, found "
              + (columns.isEmpty()
                  ? "no header"
                  : OddCharacters.visible(String.join(", ", columns)))
              + "; name one with --uriField");
    }
    for (String column : names()) {
      if (Collections.frequency(columns, column) > 1) {
        throw new ManifestException(
            path + ": the column " + column + " stands twice in its header: rename one of them");
      }
    }
  }

  /** The row's URI, or null when it has none. */
  @Nullable
  String of(Map<String, String> fields) {
    String bare = fields.get(ManifestRow.URI);
    if (bare != null) {
      return bare;
    }
    return names().stream().map(fields::get).filter(uri -> uri != null).findFirst().orElse(null);
  }

  @Override
  public String toString() {
    return name == null ? String.join(", ", USUAL) : name;
  }
}
