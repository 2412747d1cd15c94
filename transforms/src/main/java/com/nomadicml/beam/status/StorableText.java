package com.nomadicml.beam.status;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import java.util.regex.Pattern;

/** Text as every database can hold it. */
final class StorableText {
  /** PostgreSQL refuses index entries over 2,704 bytes; no object store allows such a name. */
  private static final int MAX_KEY_BYTES = 2_000;

  /** A text of so many characters is never longer than that in UTF-8. */
  private static final int MAX_KEY_CHARACTERS = MAX_KEY_BYTES / 3;

  /** PostgreSQL takes no NUL, and UTF-8 has no lone surrogate. */
  private static final Pattern UNSTORABLE = Pattern.compile("[\\x00\\p{Cs}]");

  private StorableText() {}

  static String of(String text) {
    return isPlain(text) ? text : UNSTORABLE.matcher(text).replaceAll("\uFFFD");
  }

  /** Whether nothing can be wrong with it: most texts by far, and every row has a dozen. */
  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0 || Character.isSurrogate(c)) {
        return false;
      }
    }
    return true;
  }

  /** A text of a primary key: one that is too long is cut, and ends in a hash of the whole. */
  static String key(String text) {
    String storable = of(text);
    if (storable.length() <= MAX_KEY_CHARACTERS) {
      return storable;
    }
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
