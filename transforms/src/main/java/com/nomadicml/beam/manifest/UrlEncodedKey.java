package com.nomadicml.beam.manifest;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** A key as S3 encodes it, like a form: a space is a plus, a plus is {@code %2B}. */
final class UrlEncodedKey {
  private static final char REPLACEMENT = '\uFFFD';

  private UrlEncodedKey() {}

  /**
   * The key itself.
   *
   * @throws IllegalArgumentException when it is not encoded so, or what it encodes is no UTF-8
   */
  static String decode(String encoded) {
    String key = URLDecoder.decode(encoded, StandardCharsets.UTF_8);
    // The decoder puts this character where it finds no UTF-8; it may also stand in the key.
    if (key.indexOf(REPLACEMENT) >= 0
        && count(key) != count(encoded.replaceAll("(?i)%EF%BF%BD", String.valueOf(REPLACEMENT)))) {
      throw new IllegalArgumentException("what it encodes is no UTF-8");
    }
    return key;
  }

  private static long count(String text) {
    return text.chars().filter(c -> c == REPLACEMENT).count();
  }
}
