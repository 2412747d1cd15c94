package com.nomadicml.beam.status;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import java.util.regex.Pattern;

/** Text as every database can hold it. */
final class StorableText {
  /** PostgreSQL refuses index entries over 2,704 bytes; no object store allows such a name. */
  private static final int MAX_KEY_BYTES = 2_000;

  /** PostgreSQL takes no NUL, and UTF-8 has no lone surrogate. */
  private static final Pattern UNSTORABLE = Pattern.compile("[\\x00\\p{Cs}]");

  private StorableText() {}

  static String of(String text) {
    return UNSTORABLE.matcher(text).replaceAll("\uFFFD");
  }

  /** A text of a primary key: one that is too long is cut, and ends in a hash of the whole. */
  static String key(String text) {
    String storable = of(text);
    byte[] bytes = storable.getBytes(UTF_8);
    if (bytes.length <= MAX_KEY_BYTES) {
      return storable;
    }
    int end = MAX_KEY_BYTES - 100;
    while ((bytes[end] & 0xC0) == 0x80) {
      end--;
    }
    return new String(bytes, 0, end, UTF_8) + "…" + Hashing.sha256().hashBytes(bytes);
  }
}
