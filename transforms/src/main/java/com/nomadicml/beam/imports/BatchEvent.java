package com.nomadicml.beam.imports;

import com.google.auto.value.AutoValue;
import com.nomadicml.beam.model.JobPage;
import com.nomadicml.beam.model.TrackedBatch;
import javax.annotation.Nullable;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.apache.beam.sdk.schemas.annotations.SchemaFieldNumber;

/** Something that happened to a batch: it was submitted, or a page of its job was read. */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class BatchEvent {
  @Nullable
  @SchemaFieldNumber("0")
  public abstract TrackedBatch getBatch();

  @Nullable
  @SchemaFieldNumber("1")
  public abstract JobPage getPage();

  static BatchEvent submitted(TrackedBatch batch) {
    return new AutoValue_BatchEvent(batch, null);
  }

  static BatchEvent read(JobPage page) {
    return new AutoValue_BatchEvent(null, page);
  }
}
