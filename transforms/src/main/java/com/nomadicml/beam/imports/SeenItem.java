package com.nomadicml.beam.imports;

import com.google.auto.value.AutoValue;
import com.nomadicml.beam.model.SeenVideo;
import com.nomadicml.beam.model.VideoState;
import javax.annotation.Nullable;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.apache.beam.sdk.schemas.annotations.SchemaCreate;

/** The best that is known of an item from the rows seen so far. */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class SeenItem {
  public abstract String getVideoId();

  public abstract VideoState getState();

  @Nullable
  public abstract String getApiStatus();

  @Nullable
  public abstract String getError();

  static SeenItem of(SeenVideo video) {
    return of(video.getVideoId(), video.getState(), video.getApiStatus(), video.getError());
  }

  @SchemaCreate
  static SeenItem of(
      String videoId, VideoState state, @Nullable String apiStatus, @Nullable String error) {
    return new AutoValue_SeenItem(videoId, state, apiStatus, error);
  }

  /**
   * What is known after another row of the same item. Of one video the newest word counts; of two
   * videos of one URI a success does (contract, section 8, number 13).
   */
  SeenItem merge(SeenVideo video) {
    boolean otherVideo = !video.getVideoId().equals(getVideoId());
    if (otherVideo && getState() == VideoState.UPLOADED) {
      return this;
    }
    return of(video);
  }
}
