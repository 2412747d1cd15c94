package com.nomadicml.beam.imports;

import com.nomadicml.beam.api.NomadicApiFactory;
import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.LedgerRow;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.ValueCoder;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.status.StatusStore;
import java.time.Clock;
import java.time.Duration;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;

/**
 * Cuts what a stream has claimed into batches: when one is full, or one of its items has waited
 * long enough. As long as the batch before is not sent, as the quota has no room, a batch grows.
 * Takes what {@link ClaimEntries} yields; yields {@link #BATCHES}, and the {@link #REFUSED} rows of
 * items that no request can be made for. When the stream is drained, all that waits is cut.
 */
public final class CutBatches
    extends PTransform<PCollection<KV<String, KV<ManifestEntry, LedgerRow>>>, PCollectionTuple> {
  public static final TupleTag<ImportBatch> BATCHES = new TupleTag<>() {};
  public static final TupleTag<VideoStatus> REFUSED = new TupleTag<>() {};

  private final NomadicApiFactory api;
  private final StatusStore store;
  private final Clock clock;
  private final String runId;
  private final int batchSize;
  private final Duration maxDelay;

  private CutBatches(
      NomadicApiFactory api,
      StatusStore store,
      Clock clock,
      String runId,
      int batchSize,
      Duration maxDelay) {
    this.api = api;
    this.store = store;
    this.clock = clock;
    this.runId = runId;
    this.batchSize = batchSize;
    this.maxDelay = maxDelay;
  }

  /**
   * Cuts batches for a run.
   *
   * @param api tells which integrations are saved
   * @param batchSize items of a full batch
   * @param maxDelay how long an item waits for others at most
   */
  public static CutBatches of(
      NomadicApiFactory api,
      StatusStore store,
      Clock clock,
      String runId,
      int batchSize,
      Duration maxDelay) {
    return new CutBatches(api, store, clock, runId, batchSize, maxDelay);
  }

  @Override
  public PCollectionTuple expand(PCollection<KV<String, KV<ManifestEntry, LedgerRow>>> claimed) {
    PCollectionTuple cut =
        claimed.apply(
            "Cut",
            ParDo.of(new CutFn(api, store, clock, runId, batchSize, maxDelay))
                .withOutputTags(BATCHES, TupleTagList.of(REFUSED)));
    cut.get(BATCHES).setCoder(ValueCoder.of(ImportBatch.class));
    cut.get(REFUSED).setCoder(ValueCoder.of(VideoStatus.class));
    return cut;
  }
}
