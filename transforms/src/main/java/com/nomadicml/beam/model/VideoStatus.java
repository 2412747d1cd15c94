package com.nomadicml.beam.model;

import com.google.auto.value.AutoValue;
import com.google.common.collect.ImmutableMap;
import java.time.Instant;
import java.util.Map;
import javax.annotation.Nullable;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;

/** One row of {@code import_videos}: what has become of one item. */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class VideoStatus {
  public abstract String getDestination();

  public abstract String getSourceUri();

  /** A {@link Provider#column()}, or null for a rejected line. */
  @Nullable
  public abstract String getProvider();

  @Nullable
  public abstract String getBucket();

  /** URI by view; empty for a single video. */
  public abstract Map<String, String> getViews();

  /** Columns of the manifest that were passed through, by name. */
  public abstract Map<String, String> getLabels();

  /** Video ids of a set as {@link SeenViews#getVideoIds} has them; empty for a single video. */
  public abstract Map<String, String> getVideoIds();

  public abstract String getManifest();

  public abstract long getLine();

  /** The integration that the line names itself, as a run started anew can't know it. */
  @Nullable
  public abstract String getIntegrationId();

  public abstract String getRunId();

  @Nullable
  public abstract String getBatchId();

  @Nullable
  public abstract String getImportJobId();

  @Nullable
  public abstract String getVideoId();

  public abstract VideoState getState();

  /** The API's own status, verbatim. */
  @Nullable
  public abstract String getApiStatus();

  @Nullable
  public abstract String getErrorCode();

  @Nullable
  public abstract String getErrorMessage();

  public abstract int getAttempt();

  public abstract long getSequence();

  /** Milliseconds since the epoch. */
  public abstract long getUpdatedAt();

  public abstract Builder toBuilder();

  public static Builder builder() {
    return new AutoValue_VideoStatus.Builder()
        .setViews(Map.of())
        .setLabels(Map.of())
        .setVideoIds(Map.of())
        .setAttempt(0)
        .setSequence(0);
  }

  /** The row of {@code item} as it stands before its batch is sent. */
  public static Builder of(ImportBatch batch, ImportItem item, String runId) {
    ImportTarget target = batch.getTarget();
    return builder()
        .setDestination(target.destination())
        .setSourceUri(item.getSourceUri())
        .setProvider(target.getProvider().column())
        .setBucket(target.getBucket())
        .setViews(item.getViews())
        .setLabels(item.getLabels())
        .setManifest(item.getManifest())
        .setLine(item.getLine())
        .setIntegrationId(item.getIntegrationId())
        .setRunId(runId)
        .setBatchId(batch.getBatchId())
        .setAttempt(batch.getAttempt());
  }

  /** The item whose row it is. */
  public final ImportItem item() {
    return ImportItem.of(
        getSourceUri(), getViews(), getLabels(), getManifest(), getLine(), getIntegrationId());
  }

  /** The row of a rejected line. */
  public static VideoStatus rejected(
      Rejection rejection, String destination, String runId, Instant at) {
    return builder()
        .setDestination(destination)
        .setSourceUri(rejection.getText())
        .setManifest(rejection.getManifest())
        .setLine(rejection.getLine())
        .setRunId(runId)
        .setErrorCode(rejection.getCode())
        .setErrorMessage(rejection.getMessage())
        .inState(VideoState.REJECTED, at);
  }

  /** Builder of {@link VideoStatus}. */
  @AutoValue.Builder
  public abstract static class Builder {
    public abstract Builder setDestination(String destination);

    public abstract Builder setSourceUri(String sourceUri);

    public abstract Builder setProvider(@Nullable String provider);

    public abstract Builder setBucket(@Nullable String bucket);

    public abstract Builder setViews(Map<String, String> views);

    public abstract Builder setLabels(Map<String, String> labels);

    public abstract Builder setVideoIds(Map<String, String> videoIds);

    public abstract Builder setManifest(String manifest);

    public abstract Builder setLine(long line);

    public abstract Builder setIntegrationId(@Nullable String integrationId);

    public abstract Builder setRunId(String runId);

    public abstract Builder setBatchId(@Nullable String batchId);

    public abstract Builder setImportJobId(@Nullable String importJobId);

    public abstract Builder setVideoId(@Nullable String videoId);

    public abstract Builder setState(VideoState state);

    public abstract Builder setApiStatus(@Nullable String apiStatus);

    public abstract Builder setErrorCode(@Nullable String errorCode);

    public abstract Builder setErrorMessage(@Nullable String errorMessage);

    public abstract Builder setAttempt(int attempt);

    public abstract Builder setSequence(long sequence);

    public abstract Builder setUpdatedAt(long updatedAt);

    abstract int getAttempt();

    abstract Map<String, String> getViews();

    abstract Map<String, String> getLabels();

    abstract Map<String, String> getVideoIds();

    abstract VideoStatus autoBuild();

    /**
     * Builds from fields that were read back, sequence included. Copies the maps: one that Beam
     * decodes is equal to no other.
     */
    public VideoStatus build() {
      return setViews(ImmutableMap.copyOf(getViews()))
          .setLabels(ImmutableMap.copyOf(getLabels()))
          .setVideoIds(ImmutableMap.copyOf(getVideoIds()))
          .autoBuild();
    }

    /**
     * Builds the row with its place in the order of writes. Not another {@code build}: of two, Beam
     * would take either.
     */
    public VideoStatus inState(VideoState state, Instant at) {
      return setState(state)
          .setUpdatedAt(at.toEpochMilli())
          .setSequence(Sequence.of(getAttempt(), state.rank(), at))
          .build();
    }
  }
}
