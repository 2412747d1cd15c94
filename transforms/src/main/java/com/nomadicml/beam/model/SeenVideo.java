package com.nomadicml.beam.model;

import com.google.auto.value.AutoValue;
import javax.annotation.Nullable;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.apache.beam.sdk.schemas.annotations.SchemaCreate;
import org.apache.beam.sdk.schemas.annotations.SchemaFieldNumber;

/** A row of a job as the API showed it. */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class SeenVideo {
  @SchemaFieldNumber("0")
  public abstract String getVideoId();

  @Nullable
  @SchemaFieldNumber("1")
  public abstract String getSourceUri();

  /** The API's status, verbatim. */
  @Nullable
  @SchemaFieldNumber("2")
  public abstract String getApiStatus();

  /** {@code UPLOADED}, {@code UPLOADING_FAILED}, or {@code SUBMITTED} while it is not terminal. */
  @SchemaFieldNumber("3")
  public abstract VideoState getState();

  @Nullable
  @SchemaFieldNumber("4")
  public abstract String getError();

  /** What the row says of a set's views; null when it says nothing. */
  @Nullable
  @SchemaFieldNumber("5")
  public abstract SeenViews getViews();

  /** A row that says nothing of views. */
  public static SeenVideo of(
      String videoId,
      @Nullable String sourceUri,
      @Nullable String apiStatus,
      VideoState state,
      @Nullable String error) {
    return of(videoId, sourceUri, apiStatus, state, error, null);
  }

  @SchemaCreate
  public static SeenVideo of(
      String videoId,
      @Nullable String sourceUri,
      @Nullable String apiStatus,
      VideoState state,
      @Nullable String error,
      @Nullable SeenViews views) {
    return new AutoValue_SeenVideo(videoId, sourceUri, apiStatus, state, error, views);
  }
}
