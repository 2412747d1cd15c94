package com.nomadicml.beam.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.google.common.io.BaseEncoding;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

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
          String letters = Compact.of(form).letters();
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
    for (BaseEncoding hex : List.of(BaseEncoding.base16(), BaseEncoding.base16().lowerCase())) {
      forms.add(hex.encode(bytes));
      StringBuilder percent = new StringBuilder();
      StringBuilder unicode = new StringBuilder();
      for (byte b : bytes) {
        boolean plain = Character.isLetterOrDigit(b);
        percent.append(plain ? (char) b : "%" + hex.encode(new byte[] {b}));
        unicode.append(plain ? (char) b : "\\u00" + hex.encode(new byte[] {b}));
      }
      forms.add(percent.toString());
      forms.add(unicode.toString());
    }
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
    Compact letters = Compact.of(blotted);
    for (String secret : compact) {
      if (letters.letters().contains(secret)) {
        letters = Compact.of(letters.without(secret));
      }
    }
    return letters.text();
  }

  /** The letters and digits of a text, and where in it they are. */
  private record Compact(String text, String letters, int[] places) {
    static Compact of(String text) {
      StringBuilder letters = new StringBuilder();
      int[] places = new int[text.length()];
      for (int i = 0; i < text.length(); i++) {
        if (Character.isLetterOrDigit(text.charAt(i))) {
          places[letters.length()] = i;
          letters.append(text.charAt(i));
        }
      }
      return new Compact(text, letters.toString(), places);
    }

    String without(String secret) {
      int found = letters.indexOf(secret);
      StringBuilder rest = new StringBuilder();
      int from = 0;
      while (found >= 0) {
        rest.append(text, from, places[found]).append(BLOT);
        from = places[found + secret.length() - 1] + 1;
        found = letters.indexOf(secret, found + secret.length());
      }
      return rest.append(text, from, text.length()).toString();
    }
  }
}
