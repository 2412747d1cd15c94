package com.nomadicml.beam.imports;

import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ImportItem;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.annotation.Nullable;

/**
 * Finds the item that a row of the API stands for: by the exact URI, else by the URI with percent
 * escapes decoded, else without regard to a doubled or leading slash, and to the case of the scheme
 * (contract, section 8, number 12). A form that two items share matches neither.
 */
final class UriMatcher {
  private static final String AMBIGUOUS = "";

  private final Set<String> exact = new HashSet<>();
  private final Map<String, String> decoded = new HashMap<>();
  private final Map<String, String> collapsed = new HashMap<>();

  UriMatcher(ImportBatch batch) {
    for (ImportItem item : batch.getItems()) {
      String uri = item.getSourceUri();
      exact.add(uri);
      putUnique(decoded, PercentDecoding.decode(uri), uri);
      putUnique(collapsed, collapse(uri), uri);
    }
  }

  /**
   * The requested URI that a row shown as {@code as} stands for, or null when nobody asked for it.
   */
  @Nullable
  String match(@Nullable String as) {
    if (as == null) {
      return null;
    }
    String shown = withLowerCaseScheme(as);
    if (exact.contains(shown)) {
      return shown;
    }
    String match = decoded.getOrDefault(PercentDecoding.decode(shown), AMBIGUOUS);
    if (match.equals(AMBIGUOUS)) {
      match = collapsed.getOrDefault(collapse(shown), AMBIGUOUS);
    }
    return match.equals(AMBIGUOUS) ? null : match;
  }

  private static String withLowerCaseScheme(String uri) {
    int end = Math.max(0, uri.indexOf("://"));
    return uri.substring(0, end).toLowerCase(Locale.ROOT) + uri.substring(end);
  }

  private static void putUnique(Map<String, String> map, String form, String uri) {
    map.merge(form, uri, (a, b) -> AMBIGUOUS);
  }

  private static String collapse(String uri) {
    return PercentDecoding.decode(uri).replaceAll("(?<!:)/{2,}", "/");
  }
}
