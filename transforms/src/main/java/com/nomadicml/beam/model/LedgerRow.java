package com.nomadicml.beam.model;

import com.google.auto.value.AutoValue;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.apache.beam.sdk.schemas.annotations.SchemaCreate;

/** What planning needs to know of an item's row from earlier runs. */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class LedgerRow {
  public abstract String getDestination();

  public abstract String getSourceUri();

  public abstract Provider getProvider();

  public abstract String getBucket();

  public abstract VideoState getState();

  public abstract int getAttempt();

  /** Whether a batch that the ledger knows carries the item on: it must not be planned again. */
  public abstract boolean getInFlight();

  public static LedgerRow of(VideoStatus row, boolean inFlight) {
    return new AutoValue_LedgerRow(
        row.getDestination(),
        row.getSourceUri(),
        Provider.fromColumn(String.valueOf(row.getProvider())),
        String.valueOf(row.getBucket()),
        row.getState(),
        row.getAttempt(),
        inFlight);
  }

  @SchemaCreate
  public static LedgerRow of(
      String destination,
      String sourceUri,
      Provider provider,
      String bucket,
      VideoState state,
      int attempt,
      boolean inFlight) {
    return new AutoValue_LedgerRow(
        destination, sourceUri, provider, bucket, state, attempt, inFlight);
  }
}
