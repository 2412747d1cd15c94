package com.nomadicml.beam.model;

import com.google.auto.value.AutoValue;
import javax.annotation.Nullable;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;

/** A row of a job as the API showed it. */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class SeenVideo {
  public abstract String getVideoId();

  @Nullable
  public abstract String getSourceUri();

  /** The API's status, verbatim. */
  @Nullable
  public abstract String getApiStatus();

  /** {@code UPLOADED}, {@code UPLOADING_FAILED}, or {@code SUBMITTED} while it is not terminal. */
  public abstract VideoState getState();

  @Nullable
  public abstract String getError();

  public static SeenVideo of(
      String videoId,
      @Nullable String sourceUri,
      @Nullable String apiStatus,
      VideoState state,
      @Nullable String error) {
    return new AutoValue_SeenVideo(videoId, sourceUri, apiStatus, state, error);
  }
}
