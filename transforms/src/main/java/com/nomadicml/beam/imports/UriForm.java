package com.nomadicml.beam.imports;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Forms that a URI and what the API may show for it have in common (contract, section 8, number
 * 12).
 */
final class UriForm {
  private static final String AFTER_SCHEME = "://";
  private static final Pattern DOUBLED_SLASH = Pattern.compile("/{2,}");
  private static final Pattern LEADING_SLASHES = Pattern.compile("^/+");

  private UriForm() {}

  static String withLowerCaseScheme(String uri) {
    int end = Math.max(0, uri.indexOf(AFTER_SCHEME));
    return uri.substring(0, end).toLowerCase(Locale.ROOT) + uri.substring(end);
  }

  /** Without escapes, however often it was encoded: a key may hold {@code %20} itself. */
  static String decoded(String uri) {
    String decoded = PercentDecoding.decode(uri);
    // Ends, as each round that changes it makes it shorter.
    return decoded.length() == uri.length() ? decoded : decoded(decoded);
  }

  /** Decoded, and without doubled slashes. */
  static String plain(String uri) {
    String decoded = decoded(withLowerCaseScheme(uri));
    int start = object(decoded);
    return decoded.indexOf("//", start) < 0
        ? decoded
        : decoded.substring(0, start)
            + DOUBLED_SLASH.matcher(decoded.substring(start)).replaceAll("/");
  }

  /** The plain form without its scheme: bucket and key. */
  static String bucketAndKey(String uri) {
    String plain = plain(uri);
    return LEADING_SLASHES.matcher(plain.substring(object(plain))).replaceFirst("");
  }

  private static int object(String uri) {
    int scheme = uri.indexOf(AFTER_SCHEME);
    return scheme < 0 ? 0 : scheme + AFTER_SCHEME.length();
  }
}
