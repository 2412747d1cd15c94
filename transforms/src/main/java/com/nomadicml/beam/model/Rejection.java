package com.nomadicml.beam.model;

import com.google.auto.value.AutoValue;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.apache.beam.sdk.schemas.annotations.SchemaCreate;

/** A manifest line that will never be sent, and why. */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class Rejection {
  /** The raw text of a rejected line is kept up to this many characters. */
  public static final int MAX_TEXT = 2_048;

  public abstract String getManifest();

  /** Line of the manifest, from 1. */
  public abstract long getLine();

  /** The raw text, cut at {@link #MAX_TEXT} characters. */
  public abstract String getText();

  /** A {@link RejectionCode}. */
  public abstract String getCode();

  public abstract String getMessage();

  @SchemaCreate
  static Rejection of(String manifest, long line, String text, String code, String message) {
    return new AutoValue_Rejection(manifest, line, text, code, message);
  }

  public static Rejection of(String manifest, long line, String text, RejectedException cause) {
    return of(
        manifest, line, bounded(text), cause.code().name(), String.valueOf(cause.getMessage()));
  }

  /** The text's start, which does not end in half a character. */
  private static String bounded(String text) {
    if (text.length() <= MAX_TEXT) {
      return text;
    }
    boolean half = Character.isHighSurrogate(text.charAt(MAX_TEXT - 1));
    return text.substring(0, half ? MAX_TEXT - 1 : MAX_TEXT);
  }
}
