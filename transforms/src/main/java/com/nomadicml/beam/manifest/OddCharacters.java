package com.nomadicml.beam.manifest;

/** Characters that people do not see, or take for others, in what other programs wrote. */
final class OddCharacters {
  private static final String TYPOGRAPHIC_QUOTES = "“”„‟«»‹›‘’‚‛″＂";

  private OddCharacters() {}

  /**
   * The text without what nobody sees around it: white space of any kind, no-break and zero-width
   * characters, byte order marks, marks of direction.
   */
  static String strip(String text) {
    int start = 0;
    int end = text.length();
    while (start < end && isUnseen(text.charAt(start))) {
      start++;
    }
    while (end > start && isUnseen(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }

  /** All of them are single {@code char}s. */
  private static boolean isUnseen(int c) {
    return switch (Character.getType(c)) {
      case Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.FORMAT ->
          true;
      default -> Character.isWhitespace(c);
    };
  }

  /**
   * The text with the code point of each character that nobody sees, but for spaces. Control
   * characters stay: they are shown where the text is printed.
   */
  static String visible(String text) {
    StringBuilder visible = new StringBuilder();
    for (char c : text.toCharArray()) {
      if (c != ' ' && isUnseen(c) && !Character.isISOControl(c)) {
        visible.append("<%s>".formatted(name(c)));
      } else {
        visible.append(c);
      }
    }
    return visible.toString();
  }

  /** What to say of typographic quotes in a text; empty when it has none. */
  static String quotesIn(String text) {
    for (char c : text.toCharArray()) {
      if (TYPOGRAPHIC_QUOTES.indexOf(c) >= 0) {
        return "; it holds the typographic quote %s (%s): write straight ones (U+0022)"
            .formatted(c, name(c));
      }
    }
    return "";
  }

  private static String name(char c) {
    return "U+%04X".formatted((int) c);
  }
}
