package com.nomadicml.beam.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.google.common.io.BaseEncoding;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Blots secrets out of what the API says, which may repeat what it was sent: as it is, in Base64
 * (also as a part of something longer), in hexadecimal digits, percent-encoded, and with other
 * characters between its own. A short secret is left: it may be part of a URI by chance, and error
 * texts are blotted again by {@link ErrorMessage}.
 */
final class Redaction {
  private static final String BLOT = "***";
  private static final int MIN_LENGTH = 16;

  /** Of letters and digits alone, a text this long is no chance. */
  private static final int MIN_COMPACT = 10;

  private final List<String> literal;
  private final Set<String> compact;

  private Redaction(List<String> literal, Set<String> compact) {
    this.literal = literal;
    this.compact = compact;
  }

  static Redaction of(String secret) {
    return new Redaction(List.of(), Set.of()).and(List.of(secret));
  }

  /** Blots these out too. */
  Redaction and(List<String> more) {
    List<String> literals = new ArrayList<>(literal);
    Set<String> compacts = new LinkedHashSet<>(compact);
    for (String secret : more) {
      if (secret.length() >= MIN_LENGTH) {
        literals.add(secret);
        literals.add(new String(JsonStringEncoder.getInstance().quoteAsString(secret)));
        for (String form : forms(secret)) {
          String letters = Compact.of(form, false).letters();
          if (letters.length() >= MIN_COMPACT) {
            compacts.add(letters);
          }
        }
      }
    }
    return new Redaction(literals, compacts);
  }

  private static List<String> forms(String secret) {
    byte[] bytes = secret.getBytes(UTF_8);
    List<String> forms = new ArrayList<>(List.of(secret));
    forms.add(BaseEncoding.base16().encode(bytes));
    forms.add(BaseEncoding.base16().lowerCase().encode(bytes));
    // Wherever in something longer: what is left of three bytes begins anew with each.
    for (int offset = 0; offset < 3; offset++) {
      byte[] shifted = new byte[offset + bytes.length];
      System.arraycopy(bytes, 0, shifted, offset, bytes.length);
      int from = offset == 0 ? 0 : offset + 1;
      int to = shifted.length * 8 / 6;
      forms.add(BaseEncoding.base64().encode(shifted).substring(from, to));
      forms.add(BaseEncoding.base64Url().encode(shifted).substring(from, to));
    }
    return forms;
  }

  /** Takes time in proportion to the text. */
  String apply(String text) {
    String blotted = text;
    for (String secret : literal) {
      blotted = blotted.replace(secret, BLOT);
    }
    for (boolean decoded : new boolean[] {false, true}) {
      Compact letters = Compact.of(blotted, decoded);
      for (String secret : compact) {
        if (letters.letters().contains(secret)) {
          letters = Compact.of(letters.without(secret), decoded);
        }
      }
      blotted = letters.text();
    }
    return blotted;
  }

  /**
   * The letters and digits of a text.
   *
   * @param starts where each begins in the text
   * @param ends where each ends
   */
  private record Compact(String text, String letters, int[] starts, int[] ends) {
    /** {@code %XX} and {@code \\u00XX}. */
    private static final Pattern ESCAPE = Pattern.compile("(?:%|\\\\u00)([0-9a-fA-F]{2})");

    /**
     * @param decoded whether an escape is the character that it stands for
     */
    static Compact of(String text, boolean decoded) {
      StringBuilder letters = new StringBuilder();
      int[] starts = new int[text.length()];
      int[] ends = new int[text.length()];
      Matcher escape = ESCAPE.matcher(text);
      int nextEscape = decoded && escape.find() ? escape.start() : text.length();
      int i = 0;
      while (i < text.length()) {
        int start = i;
        char c = text.charAt(i++);
        if (start == nextEscape) {
          c = (char) Integer.parseInt(escape.group(1), 16);
          i = escape.end();
          nextEscape = escape.find() ? escape.start() : text.length();
        }
        if (Character.isLetterOrDigit(c)) {
          starts[letters.length()] = start;
          ends[letters.length()] = i;
          letters.append(c);
        }
      }
      return new Compact(text, letters.toString(), starts, ends);
    }

    String without(String secret) {
      int found = letters.indexOf(secret);
      StringBuilder rest = new StringBuilder();
      int from = 0;
      while (found >= 0) {
        rest.append(text, from, starts[found]).append(BLOT);
        from = ends[found + secret.length() - 1];
        found = letters.indexOf(secret, found + secret.length());
      }
      return rest.append(text, from, text.length()).toString();
    }
  }
}
