package com.nomadicml.beam.api;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.ArrayList;
import java.util.List;

/**
 * Blots secrets out of what the API says, which may repeat what it was sent. A short secret is
 * left: it may be part of a URI by chance, and error texts are blotted again by {@link
 * ErrorMessage}.
 */
final class Redaction {
  private static final String BLOT = "***";
  private static final int MIN_LENGTH = 16;

  private final List<String> secrets;

  private Redaction(List<String> secrets) {
    this.secrets = secrets;
  }

  static Redaction of(String secret) {
    return new Redaction(List.of()).and(List.of(secret));
  }

  /** Blots these out too. */
  Redaction and(List<String> more) {
    List<String> all = new ArrayList<>(secrets);
    for (String secret : more) {
      if (secret.length() >= MIN_LENGTH) {
        all.add(secret);
        all.add(new String(JsonStringEncoder.getInstance().quoteAsString(secret)));
      }
    }
    return new Redaction(all);
  }

  String apply(String text) {
    String blotted = text;
    for (String secret : secrets) {
      blotted = blotted.replace(secret, BLOT);
    }
    return blotted;
  }
}
