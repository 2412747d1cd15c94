package com.nomadicml.beam.imports;

import com.nomadicml.beam.model.LedgerRow;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.ManifestEntryCoder;
import com.nomadicml.beam.model.ValueCoder;
import com.nomadicml.beam.model.VersionedCoder;
import com.nomadicml.beam.status.StatusStore;
import java.time.Clock;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;

/**
 * Compares the entries of a stream with the tables as they come, and writes a {@code PENDING} row
 * for each that is new there: a message may be acknowledged, as its item is in the tables. Takes
 * entries with their defaults; yields those that are to be imported, by what may share a batch,
 * each with its row of an attempt before, if it has one.
 *
 * <p>Where the same item passes twice at once, it may come to be in two batches. It is sent once
 * for all that: {@code import_videos.batch_id} decides in which.
 */
public final class ClaimEntries
    extends PTransform<
        PCollection<ManifestEntry>, PCollection<KV<String, KV<ManifestEntry, LedgerRow>>>> {
  private final StatusStore store;
  private final DestinationLease lease;
  private final Clock clock;
  private final String runId;
  private final int maxAttempts;

  private ClaimEntries(
      StatusStore store, DestinationLease lease, Clock clock, String runId, int maxAttempts) {
    this.store = store;
    this.lease = lease;
    this.clock = clock;
    this.runId = runId;
    this.maxAttempts = maxAttempts;
  }

  /**
   * Claims entries for a run.
   *
   * @param maxAttempts how often an item is tried in all, over all runs
   */
  public static ClaimEntries in(
      StatusStore store, DestinationLease lease, Clock clock, String runId, int maxAttempts) {
    return new ClaimEntries(store, lease, clock, runId, maxAttempts);
  }

  static Coder<KV<ManifestEntry, LedgerRow>> coder() {
    return VersionedCoder.of(
        "items that wait for others",
        1,
        KvCoder.of(new ManifestEntryCoder(), NullableCoder.of(ValueCoder.of(LedgerRow.class))));
  }

  @Override
  public PCollection<KV<String, KV<ManifestEntry, LedgerRow>>> expand(
      PCollection<ManifestEntry> entries) {
    return entries
        .apply("Claim", ParDo.of(new ClaimFn(store, lease, clock, runId, maxAttempts)))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), coder()));
  }
}
