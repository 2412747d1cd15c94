package com.nomadicml.beam.status;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Texts of every kind that a manifest's reader lets through: no NUL, and whole characters. */
final class AnyText {
  private static final int TEXTS = 300;
  private static final int LONGEST = 40;

  private AnyText() {}

  /** The same texts each time, all different. */
  static List<String> all() {
    Random random = new Random(24);
    List<String> texts =
        new ArrayList<>(
            List.of(
                "'", "\"", "\\", "%00", "\u0001", "\u007f", "\uFFFD", "\uFEFF", "é", "e\u0301"));
    while (texts.size() < TEXTS) {
      StringBuilder text = new StringBuilder();
      int length = 1 + random.nextInt(LONGEST);
      while (text.codePointCount(0, text.length()) < length) {
        int range = random.nextBoolean() ? 0x80 : Character.MAX_CODE_POINT;
        int c = 1 + random.nextInt(range);
        if (Character.isValidCodePoint(c) && Character.getType(c) != Character.SURROGATE) {
          text.appendCodePoint(c);
        }
      }
      texts.add(text.toString());
    }
    return texts;
  }
}
