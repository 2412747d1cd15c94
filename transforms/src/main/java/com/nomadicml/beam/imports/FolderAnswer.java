package com.nomadicml.beam.imports;

import com.google.auto.value.AutoValue;
import javax.annotation.Nullable;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;

/** The folder of a destination, or why there is none. */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class FolderAnswer {
  public abstract String getDestination();

  /** Null for a destination without a folder, and for one that could not be had. */
  @Nullable
  public abstract String getFolderId();

  @Nullable
  public abstract String getError();

  public static FolderAnswer of(
      String destination, @Nullable String folderId, @Nullable String error) {
    return new AutoValue_FolderAnswer(destination, folderId, error);
  }
}
