package com.nomadicml.beam.model;

import com.google.auto.value.AutoValue;
import java.util.List;
import javax.annotation.Nullable;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.apache.beam.sdk.schemas.annotations.SchemaFieldNumber;

/**
 * What one look at a job showed: some of its rows, and whether it was the last look. Pages may
 * arrive in any order; their numbers say how it was.
 */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class JobPage {
  @SchemaFieldNumber("0")
  public abstract String getBatchId();

  /** Counts the job's pages from 0. */
  @SchemaFieldNumber("1")
  public abstract int getNumber();

  /** What the API says that it was asked for; 0 when it does not say. */
  @SchemaFieldNumber("2")
  public abstract int getTotal();

  @SchemaFieldNumber("3")
  public abstract List<SeenVideo> getVideos();

  /**
   * On the last page {@code COMPLETED}, {@code INCOMPLETE}, or {@code SUBMITTED} when the job is
   * left to a later run; else null.
   */
  @Nullable
  @SchemaFieldNumber("4")
  public abstract JobState getEnd();

  /** Why the job ended without all of its rows, or null. */
  @Nullable
  @SchemaFieldNumber("5")
  public abstract String getReason();

  public static JobPage of(
      String batchId,
      int number,
      int total,
      List<SeenVideo> videos,
      @Nullable JobState end,
      @Nullable String reason) {
    return new AutoValue_JobPage(batchId, number, total, videos, end, reason);
  }
}
