package com.nomadicml.beam.imports;

import com.google.auto.value.AutoValue;
import javax.annotation.Nullable;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;

/** A folder as a manifest names it; names are unique within a scope. */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class FolderName {
  public abstract String getScope();

  @Nullable
  public abstract String getName();

  public static FolderName of(String scope, @Nullable String name) {
    return new AutoValue_FolderName(scope, name);
  }
}
