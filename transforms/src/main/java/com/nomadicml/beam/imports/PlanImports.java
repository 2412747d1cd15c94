package com.nomadicml.beam.imports;

import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.LedgerRow;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.model.VideoUri;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.join.CoGbkResult;
import org.apache.beam.sdk.transforms.join.CoGroupByKey;
import org.apache.beam.sdk.transforms.join.KeyedPCollectionTuple;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * Cuts entries into batches. Takes entries with their defaults ({@link #ENTRIES}) and what the
 * ledger knows of their destinations ({@link #LEDGER}); yields new {@link #BATCHES}, and the {@link
 * #REFUSED} rows of items that no request can be made for.
 *
 * <p>One shuffle plans everything: entries and ledger rows of one URI meet under one key, where
 * duplicates fall out, what is done is left out, and the rest is sorted and cut.
 */
public final class PlanImports extends PTransform<PCollectionTuple, PCollectionTuple> {
  public static final TupleTag<ManifestEntry> ENTRIES = new TupleTag<>() {};
  public static final TupleTag<LedgerRow> LEDGER = new TupleTag<>() {};
  public static final TupleTag<ImportBatch> BATCHES = new TupleTag<>() {};
  public static final TupleTag<VideoStatus> REFUSED = new TupleTag<>() {};

  /** So many full batches a shard keep cut-off ones at about one POST in a hundred. */
  static final int BATCHES_PER_SHARD = 50;

  private final PCollectionView<List<SavedIntegration>> integrations;
  private final Clock clock;
  private final String runId;
  private final int batchSize;
  private final int maxAttempts;

  private PlanImports(
      PCollectionView<List<SavedIntegration>> integrations,
      Clock clock,
      String runId,
      int batchSize,
      int maxAttempts) {
    this.integrations = integrations;
    this.clock = clock;
    this.runId = runId;
    this.batchSize = batchSize;
    this.maxAttempts = maxAttempts;
  }

  /** Plans batches of up to 1,000 items, each tried once. */
  public static PlanImports with(
      PCollectionView<List<SavedIntegration>> integrations, Clock clock, String runId) {
    return new PlanImports(integrations, clock, runId, 1_000, 1);
  }

  public PlanImports withBatchSize(int batchSize) {
    if (batchSize < 1) {
      throw new IllegalArgumentException("--batchSize must be at least 1, not " + batchSize);
    }
    return new PlanImports(integrations, clock, runId, batchSize, maxAttempts);
  }

  /** How often an item is tried in all, over all runs. */
  public PlanImports withMaxAttempts(int maxAttempts) {
    if (maxAttempts < 1) {
      throw new IllegalArgumentException("--maxAttempts must be at least 1, not " + maxAttempts);
    }
    return new PlanImports(integrations, clock, runId, batchSize, maxAttempts);
  }

  @Override
  public PCollectionTuple expand(PCollectionTuple input) {
    PCollection<KV<String, ManifestEntry>> entries =
        input.get(ENTRIES).apply("KeyEntries", ParDo.of(new KeyEntryFn()));
    PCollection<KV<String, LedgerRow>> ledger =
        input.get(LEDGER).apply("KeyLedger", ParDo.of(new KeyLedgerFn()));
    PCollectionView<Map<String, Long>> sizes =
        entries
            .apply(
                "Groups", MapElements.into(TypeDescriptors.strings()).via(entry -> entry.getKey()))
            .apply("CountAGroup", Count.perElement())
            .apply("Sizes", View.asMap());

    TupleTag<ManifestEntry> entryTag = new TupleTag<>() {};
    TupleTag<LedgerRow> ledgerTag = new TupleTag<>() {};
    int itemsPerShard = batchSize * BATCHES_PER_SHARD;
    return KeyedPCollectionTuple.of(
            entryTag,
            entries.apply(
                "ShardEntries",
                ParDo.of(new ShardFn<>(sizes, itemsPerShard, ManifestEntry::getSourceUri))
                    .withSideInputs(sizes)))
        .and(
            ledgerTag,
            ledger.apply(
                "ShardLedger",
                ParDo.of(new ShardFn<>(sizes, itemsPerShard, LedgerRow::getSourceUri))
                    .withSideInputs(sizes)))
        .apply("Meet", CoGroupByKey.create())
        .apply("Cut", cut(entryTag, ledgerTag));
  }

  private ParDo.MultiOutput<KV<String, CoGbkResult>, ImportBatch> cut(
      TupleTag<ManifestEntry> entryTag, TupleTag<LedgerRow> ledgerTag) {
    return ParDo.of(
            new CutFn(
                entryTag,
                ledgerTag,
                integrations,
                new ShardPlanner(runId, clock, batchSize, maxAttempts)))
        .withSideInputs(integrations)
        .withOutputTags(BATCHES, TupleTagList.of(REFUSED));
  }

  /** Entries and ledger rows of one group are planned together; it is cut into shards. */
  private static String group(String destination, String provider, String bucket) {
    return String.join("\n", destination, provider, bucket);
  }

  private static class KeyEntryFn extends DoFn<ManifestEntry, KV<String, ManifestEntry>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void key(@Element ManifestEntry entry, OutputReceiver<KV<String, ManifestEntry>> out) {
      VideoUri uri = ImportDefaults.uriOf(entry.getSourceUri());
      String destination = ImportTarget.destination(entry.getScope(), entry.getFolder());
      out.output(KV.of(group(destination, uri.provider().name(), uri.bucket()), entry));
    }
  }

  private static class KeyLedgerFn extends DoFn<LedgerRow, KV<String, LedgerRow>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void key(@Element LedgerRow row, OutputReceiver<KV<String, LedgerRow>> out) {
      String group = group(row.getDestination(), row.getProvider().name(), row.getBucket());
      out.output(KV.of(group, row));
    }
  }

  private static class CutFn extends DoFn<KV<String, CoGbkResult>, ImportBatch> {
    private static final long serialVersionUID = 1L;

    private final TupleTag<ManifestEntry> entryTag;
    private final TupleTag<LedgerRow> ledgerTag;
    private final PCollectionView<List<SavedIntegration>> integrations;
    private final ShardPlanner planner;

    CutFn(
        TupleTag<ManifestEntry> entryTag,
        TupleTag<LedgerRow> ledgerTag,
        PCollectionView<List<SavedIntegration>> integrations,
        ShardPlanner planner) {
      this.entryTag = entryTag;
      this.ledgerTag = ledgerTag;
      this.integrations = integrations;
      this.planner = planner;
    }

    @ProcessElement
    public void cut(ProcessContext context, MultiOutputReceiver out) {
      CoGbkResult shard = context.element().getValue();
      ShardPlanner.Plan plan =
          planner.plan(
              shard.getAll(entryTag), shard.getAll(ledgerTag), context.sideInput(integrations));
      plan.count();
      plan.batches().forEach(out.get(BATCHES)::output);
      plan.refused().forEach(out.get(REFUSED)::output);
    }
  }
}
