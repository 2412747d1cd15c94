package com.nomadicml.beam.api;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import javax.annotation.Nullable;

/** Bounds what the API says to what a column or a request is for. */
final class BoundedText {
  /** Of an id, in characters: known ones have up to 40. */
  static final int MAX_ID = 200;

  private static final int HASH_LENGTH = 8;

  private BoundedText() {}

  /**
   * The text, or its beginning and how long it was: {@code max} characters and a few more.
   *
   * @param text may be null, which stays so
   */
  @Nullable
  static String cut(@Nullable String text, int max) {
    return text == null ? null : cut(text, max, text.length());
  }

  /** The same for the beginning of a text of {@code length} characters. */
  static String cut(String text, int max, int length) {
    return text.length() <= max ? text : beginning(text, max) + "… [" + length + " characters]";
  }

  /** The same for a name that is only shown: two that differ are still two. */
  static String cutName(String name) {
    if (name.length() <= MAX_ID) {
      return name;
    }
    String hash = Hashing.sha256().hashString(name, StandardCharsets.UTF_8).toString();
    return beginning(name, MAX_ID / 2)
        + "… ["
        + name.length()
        + " characters, sha256 "
        + hash.substring(0, HASH_LENGTH)
        + "]";
  }

  private static String beginning(String text, int max) {
    boolean splits = Character.isHighSurrogate(text.charAt(max - 1));
    return text.substring(0, splits ? max - 1 : max);
  }

  /**
   * What keeps a text from being an id that may stand in a path of the API, or null when nothing
   * does. An id is opaque, but it is neither empty nor a step in the path, it is no longer than 200
   * characters, and none of them is a control character or half of one.
   */
  @Nullable
  static String whyNoId(String id) {
    if (id.isBlank()) {
      return "is empty";
    }
    if (id.length() > MAX_ID) {
      return "has " + id.length() + " characters, and may have " + MAX_ID;
    }
    boolean unprintable =
        id.codePoints()
            .map(Character::getType)
            .anyMatch(type -> type == Character.CONTROL || type == Character.SURROGATE);
    if (unprintable) {
      return "holds a control character";
    }
    for (String step : id.replace('\\', '/').split("/", -1)) {
      if (step.equals(".") || step.equals("..")) {
        return "holds '" + step + "', a step in a path";
      }
    }
    return null;
  }

  /** Whether {@link #whyNoId} has nothing to say against it. */
  static boolean isId(String id) {
    return whyNoId(id) == null;
  }
}
