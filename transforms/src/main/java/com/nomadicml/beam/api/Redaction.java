package com.nomadicml.beam.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.google.common.io.BaseEncoding;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Blots secrets out of what the API says, which may repeat what it was sent: as it is, in Base64
 * (also as a part of something longer), in hexadecimal digits, with other characters between its
 * own, in upper or lower case, and each of these escaped as in {@link EscapedText}. A short secret
 * is left: it may be part of a URI by chance, and error texts are blotted again by {@link
 * ErrorMessage}.
 */
final class Redaction {
  private static final String BLOT = "***";

  /** A text this long, or so many letters and digits, are no chance. */
  private static final int MIN_LENGTH = 12;

  /** How often an escape may be escaped in turn: JSON in JSON, in HTML. */
  private static final int MAX_LAYERS = 4;

  private final Set<String> literal;

  /** Their letters and digits alone, in lower case. */
  private final Set<String> compact;

  private Redaction(Set<String> literal, Set<String> compact) {
    this.literal = literal;
    this.compact = compact;
  }

  static Redaction of(String secret) {
    return new Redaction(Set.of(), Set.of()).and(List.of(secret));
  }

  /** Blots these out too. */
  Redaction and(List<String> more) {
    Set<String> literals = new LinkedHashSet<>(literal);
    Set<String> compacts = new LinkedHashSet<>(compact);
    for (String secret : more) {
      literals.add(secret);
      literals.add(new String(JsonStringEncoder.getInstance().quoteAsString(secret)));
      byte[] bytes = secret.getBytes(UTF_8);
      compacts.add(EscapedText.of(secret).letters());
      compacts.add(BaseEncoding.base16().lowerCase().encode(bytes));
      // Wherever in something longer: what is left of three bytes begins anew with each.
      for (int offset = 0; offset < 3; offset++) {
        byte[] shifted = new byte[offset + bytes.length];
        System.arraycopy(bytes, 0, shifted, offset, bytes.length);
        int from = offset == 0 ? 0 : offset + 1;
        int to = shifted.length * 8 / 6;
        String base64 = BaseEncoding.base64().encode(shifted).substring(Math.min(from, to), to);
        compacts.add(EscapedText.of(base64).letters());
      }
    }
    literals.removeIf(text -> text.length() < MIN_LENGTH);
    compacts.removeIf(text -> text.length() < MIN_LENGTH);
    return new Redaction(literals, compacts);
  }

  /** Takes time in proportion to the text. */
  String apply(String text) {
    BitSet secret = new BitSet();
    for (String form : literal) {
      markEach(form, text, 0, secret);
    }
    EscapedText read = EscapedText.of(text);
    for (int layer = 0; read != null; layer++) {
      String letters = read.letters();
      BitSet joined = new BitSet();
      for (String form : compact) {
        markEach(form, letters, 1, joined);
      }
      if (!joined.isEmpty()) {
        read.markWhereFrom(joined, secret);
      }
      read = layer < MAX_LAYERS ? read.unescaped() : null;
    }
    return secret.isEmpty() ? text : without(secret, text);
  }

  /** Marks wherever {@code form} is, but for its first characters. */
  private static void markEach(String form, String text, int first, BitSet marked) {
    for (int at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + form.length())) {
      marked.set(at + first, at + form.length());
    }
  }

  private static String without(BitSet secret, String text) {
    StringBuilder rest = new StringBuilder();
    int done = 0;
    for (int from = secret.nextSetBit(0); from >= 0; from = secret.nextSetBit(done)) {
      rest.append(text, done, from).append(BLOT);
      done = secret.nextClearBit(from);
    }
    return rest.append(text, done, text.length()).toString();
  }
}
