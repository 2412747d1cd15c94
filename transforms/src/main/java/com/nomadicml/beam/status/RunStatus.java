package com.nomadicml.beam.status;

import com.google.auto.value.AutoValue;
import com.nomadicml.beam.api.RequestBudget;
import java.time.Instant;
import javax.annotation.Nullable;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;

/**
 * One row of {@code import_runs}: what has become of a run. Times are epoch milliseconds.
 *
 * <p>The last row written wins: a run has one writer, its launcher.
 */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class RunStatus {
  public abstract String getRunId();

  public abstract String getManifest();

  /** The options of the run, without secrets. */
  public abstract String getOptions();

  public abstract RunState getState();

  public abstract long getStartedAt();

  @Nullable
  public abstract Long getFinishedAt();

  /** Requests sent to the API. */
  public abstract long getRequests();

  /** The day (UTC) of the last requests, and how many of them were sent on it. */
  public abstract String getQuotaDay();

  public abstract long getRequestsOnDay();

  public abstract long getLinesRead();

  /** Blank lines and comments. */
  public abstract long getBlank();

  public abstract long getRejected();

  public abstract long getDuplicate();

  public abstract long getAlreadyDone();

  public abstract long getUploaded();

  public abstract long getFailed();

  public abstract long getMissing();

  public abstract long getRefused();

  public abstract long getUnknown();

  /** Items that were still pending or submitted at the end. */
  public abstract long getOpen();

  /** Items not sent since the canary of their target failed. */
  public abstract long getStopped();

  /** Good lines that were left out. */
  public abstract long getSkipped();

  /** Objects that wildcard lines named, beyond one a line. */
  public abstract long getExpanded();

  /** What the manifests were when the run began, as JSON; null when that could not be told. */
  @Nullable
  public abstract String getManifestPins();

  /**
   * The process that watches the run, for people: host and process; null for an earlier version.
   */
  @Nullable
  public abstract String getHolder();

  /** The same for {@link HolderProcess#isDead}; empty when its life says nothing of the run. */
  @Nullable
  public abstract String getProcess();

  /** When that process wrote this row last. */
  @Nullable
  public abstract Long getAliveAt();

  /** How often it tries an item; null for an earlier version. */
  @Nullable
  public abstract Long getMaxAttempts();

  public abstract Builder toBuilder();

  /** A builder with all counts 0. */
  public static Builder builder() {
    return new AutoValue_RunStatus.Builder()
        .setRequests(0)
        .setRequestsOnDay(0)
        .setLinesRead(0)
        .setBlank(0)
        .setRejected(0)
        .setDuplicate(0)
        .setAlreadyDone(0)
        .setUploaded(0)
        .setFailed(0)
        .setMissing(0)
        .setRefused(0)
        .setUnknown(0)
        .setOpen(0)
        .setStopped(0)
        .setSkipped(0)
        .setExpanded(0);
  }

  /** The row of a run that begins. */
  public static RunStatus started(String runId, String manifest, String options, Instant at) {
    return builder()
        .setRunId(runId)
        .setManifest(manifest)
        .setOptions(options)
        .setState(RunState.RUNNING)
        .setStartedAt(at.toEpochMilli())
        .setQuotaDay(RequestBudget.dayOf(at).toString())
        .build();
  }

  /** Builder of {@link RunStatus}. */
  @AutoValue.Builder
  public abstract static class Builder {
    public abstract Builder setRunId(String runId);

    public abstract Builder setManifest(String manifest);

    public abstract Builder setOptions(String options);

    public abstract Builder setState(RunState state);

    public abstract Builder setStartedAt(long startedAt);

    public abstract Builder setFinishedAt(@Nullable Long finishedAt);

    public abstract Builder setRequests(long requests);

    public abstract Builder setQuotaDay(String day);

    public abstract Builder setRequestsOnDay(long requests);

    public abstract Builder setLinesRead(long linesRead);

    public abstract Builder setBlank(long blank);

    public abstract Builder setRejected(long rejected);

    public abstract Builder setDuplicate(long duplicate);

    public abstract Builder setAlreadyDone(long alreadyDone);

    public abstract Builder setUploaded(long uploaded);

    public abstract Builder setFailed(long failed);

    public abstract Builder setMissing(long missing);

    public abstract Builder setRefused(long refused);

    public abstract Builder setUnknown(long unknown);

    public abstract Builder setOpen(long open);

    public abstract Builder setStopped(long stopped);

    public abstract Builder setSkipped(long skipped);

    public abstract Builder setExpanded(long expanded);

    public abstract Builder setManifestPins(@Nullable String pins);

    public abstract Builder setHolder(@Nullable String holder);

    public abstract Builder setProcess(@Nullable String process);

    public abstract Builder setAliveAt(@Nullable Long aliveAt);

    public abstract Builder setMaxAttempts(@Nullable Long maxAttempts);

    public abstract RunStatus build();
  }
}
