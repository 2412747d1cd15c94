package com.nomadicml.beam.model;

import java.util.Locale;
import javax.annotation.Nullable;

/**
 * Makes text from outside fit for a terminal, a log line or a report: what a screen would obey
 * instead of show becomes visible, as in {@code \u001b}.
 *
 * <p>Taken for such are control characters (C0, DEL, C1; line ends and tabs among them), line and
 * paragraph separators, half characters, and format characters that nobody sees (bidirectional
 * controls, zero-width spaces, byte order marks, tags). The two joiners that Persian and emojis
 * need stay. The form is JSON's: in a JSON text it reads back as the same value. A text that is
 * visible already is left as it is, so that to apply it twice does no harm.
 */
public final class VisibleText {
  private static final int FIRST_INVISIBLE_FORMAT = 0x200B;
  private static final int NON_JOINER = 0x200C;
  private static final int JOINER = 0x200D;
  private static final int ARABIC_LETTER_MARK = 0x061C;
  private static final int MONGOLIAN_VOWEL_SEPARATOR = 0x180E;

  private VisibleText() {}

  /** The text in one visible line; {@code null} stays so. */
  @Nullable
  public static String of(@Nullable String text) {
    return text == null ? null : visible(text, false);
  }

  /** The same for a text that is made of lines of its own: its line feeds and tabs stay. */
  public static String ofLines(String text) {
    return visible(text, true);
  }

  private static String visible(String text, boolean keepLines) {
    StringBuilder visible = null;
    int done = 0;
    for (int at = 0; at < text.length(); ) {
      int character = text.codePointAt(at);
      int end = at + Character.charCount(character);
      boolean stays = keepLines && (character == '\n' || character == '\t');
      if (!stays && isHidden(character)) {
        visible = visible == null ? new StringBuilder(text.length() + 16) : visible;
        visible.append(text, done, at);
        for (int unit = at; unit < end; unit++) {
          visible.append(String.format(Locale.ROOT, "\\u%04x", (int) text.charAt(unit)));
        }
        done = end;
      }
      at = end;
    }
    return visible == null ? text : visible.append(text, done, text.length()).toString();
  }

  private static boolean isHidden(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      case Character.FORMAT ->
          character == ARABIC_LETTER_MARK
              || character == MONGOLIAN_VOWEL_SEPARATOR
              || (character >= FIRST_INVISIBLE_FORMAT
                  && character != NON_JOINER
                  && character != JOINER);
      default -> false;
    };
  }
}
