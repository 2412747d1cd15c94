package com.nomadicml.beam.api;

import com.google.common.base.Ascii;
import java.util.Arrays;
import java.util.BitSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.annotation.Nullable;

/** A text as it reads once its escapes are resolved, which knows where each character came from. */
final class EscapedText {
  /** Those of JSON and of most languages, of URLs, of HTML, and {@code 0x41}. */
  private static final Pattern ESCAPE =
      Pattern.compile(
          // What none of them begins with is passed over at once.
          "(?=[%&0\\\\])(?:"
              + "\\\\u(?<u>[0-9a-fA-F]{4})"
              + "|(?:%|\\\\x|0x)(?<x>[0-9a-fA-F]{2})"
              + "|&#[xX]0{0,4}(?<hex>[0-9a-fA-F]{1,4});"
              + "|&#0{0,4}(?<decimal>[0-9]{1,5});"
              + "|&(?<entity>amp|lt|gt|quot|apos);"
              + "|\\\\(?<octal>[0-7]{3})"
              + "|\\\\(?<control>[bfnrt])"
              + "|\\\\(?<itself>[\"'/\\\\]))");

  private static final String[] HEXADECIMAL = {"u", "x", "hex"};

  private final String text;

  /**
   * How many characters of the first text each stands for: 12 at most per layer, of which 4 fit.
   */
  private final char[] widths;

  private EscapedText(String text, char[] widths) {
    this.text = text;
    this.widths = widths;
  }

  static EscapedText of(String text) {
    char[] widths = new char[text.length()];
    Arrays.fill(widths, (char) 1);
    return new EscapedText(text, widths);
  }

  /** With one layer of escapes resolved; null when there is none. */
  @Nullable
  EscapedText unescaped() {
    Matcher escape = ESCAPE.matcher(text);
    if (!escape.find()) {
      return null;
    }
    StringBuilder read = new StringBuilder(text.length());
    char[] readWidths = new char[text.length()];
    int done = 0;
    do {
      System.arraycopy(widths, done, readWidths, read.length(), escape.start() - done);
      read.append(text, done, escape.start());
      for (int i = escape.start(); i < escape.end(); i++) {
        readWidths[read.length()] += widths[i];
      }
      read.append(character(escape));
      done = escape.end();
    } while (escape.find());
    System.arraycopy(widths, done, readWidths, read.length(), text.length() - done);
    read.append(text, done, text.length());
    return new EscapedText(read.toString(), readWidths);
  }

  private static char character(Matcher escape) {
    for (String group : HEXADECIMAL) {
      if (escape.group(group) != null) {
        return (char) Integer.parseInt(escape.group(group), 16);
      }
    }
    if (escape.group("decimal") != null) {
      return (char) Integer.parseInt(escape.group("decimal"));
    }
    if (escape.group("octal") != null) {
      return (char) Integer.parseInt(escape.group("octal"), 8);
    }
    if (escape.group("itself") != null) {
      return escape.group("itself").charAt(0);
    }
    // The others are no letters, and only this begins an escape in turn.
    return "amp".equals(escape.group("entity")) ? '&' : ' ';
  }

  /** Others may be what is left of a space that was read in another charset. */
  private static boolean isLetter(char c) {
    return c < 128 && Character.isLetterOrDigit(c);
  }

  /** Its ASCII letters and digits alone, in lower case. */
  String letters() {
    StringBuilder letters = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isLetter(c)) {
        letters.append(Ascii.toLowerCase(c));
      }
    }
    return letters.toString();
  }

  /**
   * Marks in the first text what runs of letters stand for, with all that lies within a run.
   *
   * @param joined those of {@link #letters}, by their places, that go on the run of the one before
   */
  void markWhereFrom(BitSet joined, BitSet marked) {
    int letter = 0;
    int start = 0;
    int before = 0;
    for (int i = 0; i < text.length(); i++) {
      int end = start + widths[i];
      if (isLetter(text.charAt(i))) {
        if (joined.get(letter++)) {
          marked.set(before, end);
        }
        before = start;
      }
      start = end;
    }
  }
}
