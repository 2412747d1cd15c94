package com.nomadicml.beam.imports;

import com.google.auto.value.AutoValue;
import com.nomadicml.beam.api.Integration;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.apache.beam.sdk.schemas.annotations.SchemaCreate;

/** A saved integration that {@code gs://} items may be imported with. */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class SavedIntegration {
  public abstract String getId();

  public abstract String getBucket();

  /** Empty when the integration covers its whole bucket. */
  public abstract String getPrefix();

  public abstract boolean getOwner();

  static SavedIntegration of(Integration integration) {
    return of(
        integration.id(),
        String.valueOf(integration.bucket()),
        integration.prefix() == null ? "" : integration.prefix(),
        Boolean.TRUE.equals(integration.isOwner()));
  }

  @SchemaCreate
  static SavedIntegration of(String id, String bucket, String prefix, boolean owner) {
    return new AutoValue_SavedIntegration(id, bucket, prefix, owner);
  }
}
