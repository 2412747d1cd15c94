package com.nomadicml.beam.imports;

import com.google.auto.value.AutoValue;
import com.nomadicml.beam.model.JobPage;
import com.nomadicml.beam.model.TrackedBatch;
import javax.annotation.Nullable;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;

/** Something that happened to a batch: it was submitted, or a page of its job was read. */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class BatchEvent {
  @Nullable
  public abstract TrackedBatch getBatch();

  @Nullable
  public abstract JobPage getPage();

  static BatchEvent of(@Nullable TrackedBatch batch, @Nullable JobPage page) {
    return new AutoValue_BatchEvent(batch, page);
  }
}
