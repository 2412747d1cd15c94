package com.nomadicml.beam.model;

import com.google.auto.value.AutoValue;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.apache.beam.sdk.schemas.annotations.SchemaCreate;
import org.apache.beam.sdk.schemas.annotations.SchemaFieldNumber;

/**
 * How many lines or items of one part of a manifest have come to the same. Unlike a runner's
 * counters, elements are exact: those of a bundle that is lost and run again count once.
 */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class PartCount {
  /** What has become of them: the name of a counter, as {@code lines_read}. */
  @SchemaFieldNumber("0")
  public abstract String getStage();

  /** Which part of the manifest they are of; empty for items of earlier runs. */
  @SchemaFieldNumber("1")
  public abstract String getPart();

  @SchemaFieldNumber("2")
  public abstract long getItems();

  @SchemaCreate
  public static PartCount of(String stage, String part, long items) {
    return new AutoValue_PartCount(stage, part, items);
  }
}
