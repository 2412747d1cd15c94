package com.nomadicml.beam.model;

import com.google.auto.value.AutoValue;
import java.util.List;
import javax.annotation.Nullable;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.apache.beam.sdk.schemas.annotations.SchemaFieldNumber;

/**
 * An accepted batch, as light as a lane can carry it: never its items.
 *
 * <p>A backend with the older answer names no job but a video id an item (contract, section 4.5);
 * only then are ids and URIs carried here, in request order.
 */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class ImportJob {
  @SchemaFieldNumber("0")
  public abstract String getBatchId();

  /** The job to poll; null for a backend with the older answer. */
  @Nullable
  @SchemaFieldNumber("1")
  public abstract String getImportJobId();

  /** Items of the batch. */
  @SchemaFieldNumber("2")
  public abstract int getRequested();

  /** {@code UriFingerprint} of the requested URIs: tells when all of them have been seen. */
  @SchemaFieldNumber("3")
  public abstract long getFingerprint();

  /** Milliseconds since the epoch. */
  @SchemaFieldNumber("4")
  public abstract long getSubmittedAt();

  @SchemaFieldNumber("5")
  public abstract List<String> getLegacyVideoIds();

  @SchemaFieldNumber("6")
  public abstract List<String> getLegacySourceUris();

  public final boolean isLegacy() {
    return getImportJobId() == null;
  }

  public static ImportJob of(
      String batchId,
      @Nullable String importJobId,
      int requested,
      long fingerprint,
      long submittedAt,
      List<String> legacyVideoIds,
      List<String> legacySourceUris) {
    return new AutoValue_ImportJob(
        batchId,
        importJobId,
        requested,
        fingerprint,
        submittedAt,
        legacyVideoIds,
        legacySourceUris);
  }
}
