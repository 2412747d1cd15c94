package com.nomadicml.beam.imports;

import com.google.common.collect.Iterables;
import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.LedgerRow;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.ManifestEntryCoder;
import com.nomadicml.beam.model.Packing;
import com.nomadicml.beam.model.PartCount;
import com.nomadicml.beam.model.ValueCoder;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.model.VideoUri;
import java.io.Serializable;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.Sum;
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
 * ledger knows of their destinations ({@link #LEDGER}); yields new {@link #BATCHES}, the {@link
 * #REFUSED} rows of items that no request can be made for, and {@link #COUNTS}.
 *
 * <p>One shuffle plans everything: entries and ledger rows of one URI meet under one key, where
 * duplicates fall out, what is done is left out, and the rest is sorted and cut.
 */
public final class PlanImports extends PTransform<PCollectionTuple, PCollectionTuple> {
  public static final TupleTag<ManifestEntry> ENTRIES = new TupleTag<>() {};
  public static final TupleTag<LedgerRow> LEDGER = new TupleTag<>() {};
  public static final TupleTag<ImportBatch> BATCHES = new TupleTag<>() {};
  public static final TupleTag<VideoStatus> REFUSED = new TupleTag<>() {};

  /** Entries by what is done with them, by the names of {@link ImportMetrics}. */
  public static final TupleTag<PartCount> COUNTS = new TupleTag<>() {};

  /** The keys of items that need nothing, if they are asked for: URI by destination. */
  public static final TupleTag<KV<String, String>> SETTLED = new TupleTag<>() {};

  /** So many full batches a shard keep cut-off ones at about one POST in a hundred. */
  static final int BATCHES_PER_SHARD = 50;

  private final PCollectionView<List<SavedIntegration>> integrations;
  private final Clock clock;
  private final String runId;
  private final int batchSize;
  private final int maxAttempts;
  private final boolean yieldsSettled;

  private PlanImports(
      PCollectionView<List<SavedIntegration>> integrations,
      Clock clock,
      String runId,
      int batchSize,
      int maxAttempts,
      boolean yieldsSettled) {
    this.integrations = integrations;
    this.clock = clock;
    this.runId = runId;
    this.batchSize = batchSize;
    this.maxAttempts = maxAttempts;
    this.yieldsSettled = yieldsSettled;
  }

  /** Plans batches of up to 1,000 items, each tried once. */
  public static PlanImports with(
      PCollectionView<List<SavedIntegration>> integrations, Clock clock, String runId) {
    return new PlanImports(integrations, clock, runId, 1_000, 1, false);
  }

  public PlanImports withBatchSize(int batchSize) {
    if (batchSize < 1) {
      throw new IllegalArgumentException("--batchSize must be at least 1, not " + batchSize);
    }
    return new PlanImports(integrations, clock, runId, batchSize, maxAttempts, yieldsSettled);
  }

  /** How often an item is tried in all, over all runs. */
  public PlanImports withMaxAttempts(int maxAttempts) {
    if (maxAttempts < 1) {
      throw new IllegalArgumentException("--maxAttempts must be at least 1, not " + maxAttempts);
    }
    return new PlanImports(integrations, clock, runId, batchSize, maxAttempts, yieldsSettled);
  }

  /** Yields {@link #SETTLED} too. */
  public PlanImports withSettled() {
    return new PlanImports(integrations, clock, runId, batchSize, maxAttempts, true);
  }

  @Override
  public PCollectionTuple expand(PCollectionTuple input) {
    PCollection<KV<String, List<ManifestEntry>>> entries =
        gathered("GatherEntries", input.get(ENTRIES), PlanImports::group);
    PCollection<KV<String, List<LedgerRow>>> ledger =
        gathered("GatherLedger", input.get(LEDGER), PlanImports::group);
    GroupSizes sizes = new GroupSizes(sizes("Entries", entries), sizes("Ledger", ledger));

    Packing<List<ManifestEntry>> entryPacking =
        new Packing<>(ListCoder.of(new ManifestEntryCoder()));
    Packing<List<LedgerRow>> ledgerPacking =
        new Packing<>(ListCoder.of(ValueCoder.of(LedgerRow.class)));
    TupleTag<byte[]> entryTag = new TupleTag<>() {};
    TupleTag<byte[]> ledgerTag = new TupleTag<>() {};
    int itemsPerShard = batchSize * BATCHES_PER_SHARD;
    PCollectionTuple plan =
        KeyedPCollectionTuple.of(
                entryTag,
                entries.apply(
                    "ShardEntries",
                    ParDo.of(
                            new ShardFn<>(
                                sizes, itemsPerShard, ManifestEntry::getSourceUri, entryPacking))
                        .withSideInputs(sizes.views())))
            .and(
                ledgerTag,
                ledger.apply(
                    "ShardLedger",
                    ParDo.of(
                            new ShardFn<>(
                                sizes, itemsPerShard, LedgerRow::getSourceUri, ledgerPacking))
                        .withSideInputs(sizes.views())))
            .apply("Meet", CoGroupByKey.create())
            .apply(
                "Cut",
                ParDo.of(
                        new CutFn(
                            new Shard<>(entryTag, entryPacking),
                            new Shard<>(ledgerTag, ledgerPacking),
                            integrations,
                            new ShardPlanner(runId, clock, batchSize, maxAttempts),
                            yieldsSettled))
                    .withSideInputs(integrations)
                    .withOutputTags(BATCHES, TupleTagList.of(REFUSED).and(COUNTS).and(SETTLED)));
    plan.get(BATCHES).setCoder(ValueCoder.of(ImportBatch.class));
    plan.get(REFUSED).setCoder(ValueCoder.of(VideoStatus.class));
    return plan;
  }

  private static <T> PCollection<KV<String, List<T>>> gathered(
      String name, PCollection<T> elements, SerializableFunction<T, String> group) {
    return elements
        .apply(name, ParDo.of(new GatherFn<>(group)))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), ListCoder.of(elements.getCoder())));
  }

  private static <T> PCollectionView<Map<String, Long>> sizes(
      String name, PCollection<KV<String, List<T>>> gathered) {
    return gathered
        .apply(
            "Count" + name,
            MapElements.into(
                    TypeDescriptors.kvs(TypeDescriptors.strings(), TypeDescriptors.longs()))
                .via(part -> KV.of(part.getKey(), (long) part.getValue().size())))
        .apply("Sum" + name, Sum.longsPerKey())
        .apply("SizesOf" + name, View.asMap());
  }

  /** Entries of one group may share a batch. */
  static String group(ManifestEntry entry) {
    VideoUri uri = ImportDefaults.uriOf(entry.getSourceUri());
    return group(
        ImportTarget.destination(entry.getScope(), entry.getFolder()),
        uri.provider().name(),
        uri.bucket());
  }

  private static String group(LedgerRow row) {
    return group(row.getDestination(), row.getProvider().name(), row.getBucket());
  }

  /** Entries and ledger rows of one group are planned together; it is cut into shards. */
  private static String group(String destination, String provider, String bucket) {
    return String.join("\n", destination, provider, bucket);
  }

  /** One side of what meets under a shard's key. */
  private record Shard<T>(TupleTag<byte[]> tag, Packing<List<T>> packing) implements Serializable {
    Iterable<T> of(CoGbkResult met) {
      return Iterables.concat(Iterables.transform(met.getAll(tag), packing::unpack));
    }
  }

  private static class CutFn extends DoFn<KV<String, CoGbkResult>, ImportBatch> {
    private static final long serialVersionUID = 1L;

    private final Shard<ManifestEntry> entries;
    private final Shard<LedgerRow> ledger;
    private final PCollectionView<List<SavedIntegration>> integrations;
    private final ShardPlanner planner;
    private final boolean yieldsSettled;

    CutFn(
        Shard<ManifestEntry> entries,
        Shard<LedgerRow> ledger,
        PCollectionView<List<SavedIntegration>> integrations,
        ShardPlanner planner,
        boolean yieldsSettled) {
      this.entries = entries;
      this.ledger = ledger;
      this.integrations = integrations;
      this.planner = planner;
      this.yieldsSettled = yieldsSettled;
    }

    @ProcessElement
    public void cut(ProcessContext context, MultiOutputReceiver out) {
      CoGbkResult met = context.element().getValue();
      ShardPlanner.Plan plan =
          planner.plan(entries.of(met), ledger.of(met), context.sideInput(integrations));
      plan.count();
      plan.counts().list().forEach(out.get(COUNTS)::output);
      plan.batches().forEach(out.get(BATCHES)::output);
      plan.refused().forEach(out.get(REFUSED)::output);
      if (yieldsSettled) {
        plan.settled().forEach(out.get(SETTLED)::output);
      }
    }
  }
}
