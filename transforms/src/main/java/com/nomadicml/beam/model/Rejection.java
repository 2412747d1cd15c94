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
    String bounded = text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT);
    return of(manifest, line, bounded, cause.code().name(), String.valueOf(cause.getMessage()));
  }
}
