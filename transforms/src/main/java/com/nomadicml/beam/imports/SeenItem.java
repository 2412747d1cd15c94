package com.nomadicml.beam.imports;

import com.google.auto.value.AutoValue;
import com.nomadicml.beam.model.SeenVideo;
import com.nomadicml.beam.model.SeenViews;
import com.nomadicml.beam.model.VideoState;
import javax.annotation.Nullable;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.apache.beam.sdk.schemas.annotations.SchemaCreate;
import org.apache.beam.sdk.schemas.annotations.SchemaFieldNumber;

/** The best that is known of an item from the rows seen so far. */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class SeenItem {
  @SchemaFieldNumber("0")
  public abstract String getVideoId();

  @SchemaFieldNumber("1")
  public abstract VideoState getState();

  /** Number of the page that said so. */
  @SchemaFieldNumber("2")
  public abstract int getPage();

  @Nullable
  @SchemaFieldNumber("3")
  public abstract String getApiStatus();

  @Nullable
  @SchemaFieldNumber("4")
  public abstract String getError();

  /** What the API said of a set's views; null when it said nothing. */
  @Nullable
  @SchemaFieldNumber("5")
  public abstract SeenViews getViews();

  static SeenItem of(SeenVideo video, int page) {
    return of(
        video.getVideoId(),
        video.getState(),
        page,
        video.getApiStatus(),
        video.getError(),
        video.getViews());
  }

  @SchemaCreate
  public static SeenItem of(
      String videoId,
      VideoState state,
      int page,
      @Nullable String apiStatus,
      @Nullable String error,
      @Nullable SeenViews views) {
    return new AutoValue_SeenItem(videoId, state, page, apiStatus, error, views);
  }

  /**
   * What is known after another row of the same item, from whichever page. The newest word counts;
   * but of two videos of one URI a success does (contract, section 8, number 13).
   */
  SeenItem merge(SeenVideo video, int page) {
    SeenItem other = of(video, page);
    if (getVideoId().equals(other.getVideoId()) || isUploaded() == other.isUploaded()) {
      return page >= getPage() ? other : this;
    }
    return isUploaded() ? this : other;
  }

  private boolean isUploaded() {
    return getState() == VideoState.UPLOADED;
  }

  /** Whether the front is uploaded, and another view of the set is not. */
  boolean lacksViews() {
    return isUploaded() && getViews() != null && !getViews().getFailed().isEmpty();
  }

  /** Whether it says the same, on whatever page. */
  boolean saysTheSameAs(@Nullable SeenItem other) {
    return other != null
        && other.equals(
            of(getVideoId(), getState(), other.getPage(), getApiStatus(), getError(), getViews()));
  }
}
