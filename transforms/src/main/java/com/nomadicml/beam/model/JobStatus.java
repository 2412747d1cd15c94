package com.nomadicml.beam.model;

import com.google.auto.value.AutoValue;
import java.time.Instant;
import javax.annotation.Nullable;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.apache.beam.sdk.schemas.annotations.SchemaFieldNumber;

/** One row of {@code import_jobs}: what has become of one batch. Times are epoch milliseconds. */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class JobStatus {
  @SchemaFieldNumber("0")
  public abstract String getBatchId();

  @SchemaFieldNumber("1")
  public abstract String getRunId();

  @Nullable
  @SchemaFieldNumber("2")
  public abstract String getImportJobId();

  @SchemaFieldNumber("3")
  public abstract ImportTarget getTarget();

  @Nullable
  @SchemaFieldNumber("4")
  public abstract String getFolderId();

  @SchemaFieldNumber("5")
  public abstract JobState getState();

  /** Items of the batch. */
  @SchemaFieldNumber("6")
  public abstract int getRequested();

  /** What the API says that it was asked for; null until it says so. */
  @Nullable
  @SchemaFieldNumber("7")
  public abstract Integer getTotal();

  @SchemaFieldNumber("8")
  public abstract int getUploaded();

  @SchemaFieldNumber("9")
  public abstract int getFailed();

  @SchemaFieldNumber("10")
  public abstract int getMissing();

  @SchemaFieldNumber("11")
  public abstract int getAttempt();

  /** How many POSTs of this batch ended in doubt. */
  @SchemaFieldNumber("12")
  public abstract int getUnknownSubmits();

  @Nullable
  @SchemaFieldNumber("13")
  public abstract String getErrorMessage();

  @SchemaFieldNumber("14")
  public abstract long getPlannedAt();

  @Nullable
  @SchemaFieldNumber("15")
  public abstract Long getSubmittedAt();

  @Nullable
  @SchemaFieldNumber("16")
  public abstract Long getCompletedAt();

  @SchemaFieldNumber("17")
  public abstract long getSequence();

  /** The run that has planned it, whoever has it now; null for one of an earlier version. */
  @Nullable
  @SchemaFieldNumber("18")
  public abstract String getPlannedBy();

  public abstract Builder toBuilder();

  /** The row of a batch that is about to be sent. */
  public static JobStatus planned(ImportBatch batch, String runId, Instant at) {
    return new AutoValue_JobStatus.Builder()
        .setBatchId(batch.getBatchId())
        .setRunId(runId)
        .setTarget(batch.getTarget())
        .setRequested(batch.getItems().size())
        .setUploaded(0)
        .setFailed(0)
        .setMissing(0)
        .setAttempt(batch.getAttempt())
        .setUnknownSubmits(0)
        .setPlannedAt(at.toEpochMilli())
        .setPlannedBy(runId)
        .inState(JobState.PLANNED, at);
  }

  public static Builder builder() {
    return new AutoValue_JobStatus.Builder();
  }

  /** Builder of {@link JobStatus}. */
  @AutoValue.Builder
  public abstract static class Builder {
    public abstract Builder setBatchId(String batchId);

    public abstract Builder setRunId(String runId);

    public abstract Builder setImportJobId(@Nullable String importJobId);

    public abstract Builder setTarget(ImportTarget target);

    public abstract Builder setFolderId(@Nullable String folderId);

    public abstract Builder setState(JobState state);

    public abstract Builder setRequested(int requested);

    public abstract Builder setTotal(@Nullable Integer total);

    public abstract Builder setUploaded(int uploaded);

    public abstract Builder setFailed(int failed);

    public abstract Builder setMissing(int missing);

    public abstract Builder setAttempt(int attempt);

    public abstract Builder setUnknownSubmits(int unknownSubmits);

    public abstract Builder setErrorMessage(@Nullable String errorMessage);

    public abstract Builder setPlannedAt(long plannedAt);

    public abstract Builder setSubmittedAt(@Nullable Long submittedAt);

    public abstract Builder setCompletedAt(@Nullable Long completedAt);

    public abstract Builder setSequence(long sequence);

    public abstract Builder setPlannedBy(@Nullable String runId);

    abstract int getAttempt();

    abstract JobStatus autoBuild();

    /** Builds from fields that were read back, sequence included. */
    public JobStatus build() {
      return autoBuild();
    }

    /**
     * Builds the row with its place in the order of writes. Not another {@code build}: of two, Beam
     * would take either.
     */
    public JobStatus inState(JobState state, Instant at) {
      return setState(state).setSequence(Sequence.of(getAttempt(), state.rank(), at)).autoBuild();
    }
  }
}
