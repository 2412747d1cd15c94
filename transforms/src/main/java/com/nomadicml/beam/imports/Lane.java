package com.nomadicml.beam.imports;

import com.google.auto.value.AutoValue;
import com.nomadicml.beam.model.ImportJob;
import java.util.List;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;

/** The jobs that share one thread and one share of the quota. */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class Lane {
  public abstract int getNumber();

  public abstract List<ImportJob> getJobs();

  public static Lane of(int number, List<ImportJob> jobs) {
    return new AutoValue_Lane(number, jobs);
  }

  /** The lane of a batch: the same wherever it is asked. */
  static int of(String batchId, int lanes) {
    return Math.floorMod(batchId.hashCode(), lanes);
  }
}
