package com.nomadicml.beam.model;

import com.google.auto.value.AutoValue;
import com.google.common.base.Strings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.annotation.Nullable;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.apache.beam.sdk.schemas.annotations.SchemaCreate;
import org.apache.beam.sdk.schemas.annotations.SchemaFieldNumber;

/** A batch together with its row in {@code import_jobs} as it stands. */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class TrackedBatch {
  @SchemaFieldNumber("0")
  public abstract ImportBatch getBatch();

  @SchemaFieldNumber("1")
  public abstract JobStatus getJob();

  /**
   * Video ids in the order of the items, from a backend with the older answer; else none. An item
   * without one has an empty text.
   */
  @SchemaFieldNumber("2")
  public abstract List<String> getLegacyVideoIds();

  public static TrackedBatch of(ImportBatch batch, JobStatus job) {
    return of(batch, job, List.of());
  }

  @SchemaCreate
  public static TrackedBatch of(ImportBatch batch, JobStatus job, List<String> legacyVideoIds) {
    return new AutoValue_TrackedBatch(batch, job, legacyVideoIds);
  }

  /** One row an item, as it stands before the batch is sent. */
  public final List<VideoStatus> plannedRows() {
    Instant at = Instant.ofEpochMilli(getJob().getPlannedAt());
    return rows(VideoState.PENDING, null, null, getJob().getRunId(), at);
  }

  /** One row an item, all in {@code state}. */
  public final List<VideoStatus> rows(
      VideoState state,
      @Nullable String errorCode,
      @Nullable String errorMessage,
      String runId,
      Instant at) {
    List<VideoStatus> rows = new ArrayList<>(getBatch().getItems().size());
    for (ImportItem item : getBatch().getItems()) {
      int index = rows.size();
      rows.add(
          VideoStatus.of(getBatch(), item, runId)
              .setVideoId(
                  index < getLegacyVideoIds().size()
                      ? Strings.emptyToNull(getLegacyVideoIds().get(index))
                      : null)
              .setImportJobId(getJob().getImportJobId())
              .setErrorCode(errorCode)
              .setErrorMessage(errorMessage)
              .inState(state, at));
    }
    return rows;
  }
}
