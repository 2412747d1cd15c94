package com.nomadicml.beam.model;

import com.google.auto.value.AutoValue;
import java.util.List;
import javax.annotation.Nullable;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;

/**
 * An accepted batch, as light as a lane can carry it: never its items.
 *
 * <p>A backend with the older answer names no job but a video id an item (contract, section 4.5);
 * only then are ids and URIs carried here, in request order.
 */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class ImportJob {
  public abstract String getBatchId();

  /** The job to poll; null for a backend with the older answer. */
  @Nullable
  public abstract String getImportJobId();

  /** Items of the batch. */
  public abstract int getRequested();

  /** {@code UriFingerprint} of the requested URIs: tells when all of them have been seen. */
  public abstract long getFingerprint();

  /** Milliseconds since the epoch. */
  public abstract long getSubmittedAt();

  public abstract List<String> getLegacyVideoIds();

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
