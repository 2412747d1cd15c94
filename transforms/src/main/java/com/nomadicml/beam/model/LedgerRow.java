package com.nomadicml.beam.model;

import com.google.auto.value.AutoValue;
import javax.annotation.Nullable;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.apache.beam.sdk.schemas.annotations.SchemaCreate;
import org.apache.beam.sdk.schemas.annotations.SchemaFieldNumber;

/** What planning needs to know of an item's row from earlier runs. */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class LedgerRow {
  @SchemaFieldNumber("0")
  public abstract String getDestination();

  @SchemaFieldNumber("1")
  public abstract String getSourceUri();

  @SchemaFieldNumber("2")
  public abstract Provider getProvider();

  @SchemaFieldNumber("3")
  public abstract String getBucket();

  @SchemaFieldNumber("4")
  public abstract VideoState getState();

  @SchemaFieldNumber("5")
  public abstract int getAttempt();

  /** Whether a batch that the ledger knows carries the item on: it must not be planned again. */
  @SchemaFieldNumber("6")
  public abstract boolean getInFlight();

  /** Why the item is not uploaded, or not whole; else null. */
  @Nullable
  @SchemaFieldNumber("7")
  public abstract String getErrorCode();

  /**
   * Whether this very run has planned the item, as its planning is run again: it is counted as it
   * was the first time.
   */
  @SchemaFieldNumber("8")
  public abstract boolean getPlanned();

  public static LedgerRow of(VideoStatus row, boolean inFlight) {
    return of(row, inFlight, false);
  }

  /** A row of what this run has planned. */
  public static LedgerRow planned(VideoStatus row) {
    return of(row, true, true);
  }

  private static LedgerRow of(VideoStatus row, boolean inFlight, boolean planned) {
    return new AutoValue_LedgerRow(
        row.getDestination(),
        row.getSourceUri(),
        Provider.fromColumn(String.valueOf(row.getProvider())),
        String.valueOf(row.getBucket()),
        row.getState(),
        row.getAttempt(),
        inFlight,
        row.getErrorCode(),
        planned);
  }

  @SchemaCreate
  public static LedgerRow of(
      String destination,
      String sourceUri,
      Provider provider,
      String bucket,
      VideoState state,
      int attempt,
      boolean inFlight,
      @Nullable String errorCode,
      boolean planned) {
    return new AutoValue_LedgerRow(
        destination, sourceUri, provider, bucket, state, attempt, inFlight, errorCode, planned);
  }
}
