package com.nomadicml.beam.imports;

import com.nomadicml.beam.model.ImportBatch;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import javax.annotation.Nullable;

/**
 * Finds the item that a row of the API stands for: by the exact URI, else by the URI with percent
 * escapes decoded, else without regard to a doubled or leading slash, and to the case of the scheme
 * (contract, section 8, number 12). A form that two items share matches neither.
 */
final class UriMatcher {
  private static final String AMBIGUOUS = "";

  private static final Pattern DOUBLED_SLASH = Pattern.compile("(?<!:)/{2,}");

  private final Set<String> exact = new HashSet<>();

  /** Built when the first row is not found by its exact URI: most jobs have none. */
  @Nullable private Map<String, String> decoded;

  @Nullable private Map<String, String> collapsed;

  UriMatcher(ImportBatch batch) {
    batch.getItems().forEach(item -> exact.add(item.getSourceUri()));
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
    if (decoded == null) {
      decoded = forms(PercentDecoding::decode);
      collapsed = forms(UriMatcher::collapse);
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

  private Map<String, String> forms(UnaryOperator<String> form) {
    Map<String, String> forms = new HashMap<>();
    exact.forEach(uri -> forms.merge(form.apply(uri), uri, (a, b) -> AMBIGUOUS));
    return forms;
  }

  private static String collapse(String uri) {
    return DOUBLED_SLASH.matcher(PercentDecoding.decode(uri)).replaceAll("/");
  }
}
