package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.imports.ItemsByDestination;
import com.nomadicml.beam.imports.LookUpItems;
import com.nomadicml.beam.imports.ResumeBatches;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.status.HolderProcess;
import com.nomadicml.beam.status.LedgerByKey;
import com.nomadicml.beam.status.StatusStore;
import java.time.Clock;
import java.util.List;
import javax.annotation.Nullable;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.Keys;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.Wait;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.beam.sdk.values.TypeDescriptors;

/** What the status tables know of the destinations of some entries, for {@link ResumeBatches}. */
final class ReadLedger extends PTransform<PCollection<ManifestEntry>, PCollectionTuple> {
  /** The destinations that are leased, with their items' count. */
  static final TupleTag<KV<String, Long>> LEASED = new TupleTag<>() {};

  private static final TupleTag<String> WHOLE = new TupleTag<>() {};
  private static final TupleTag<String> BY_KEY = new TupleTag<>() {};

  private final ImportSettings settings;

  /** Null when no lease is taken. */
  @Nullable private final AcquireLease lease;

  private ReadLedger(ImportSettings settings, @Nullable AcquireLease lease) {
    this.settings = settings;
    this.lease = lease;
  }

  /** Reads when no other run is at work at the destinations, and keeps others out from then on. */
  static ReadLedger leased(ImportSettings settings, HolderProcess holder, Clock clock) {
    return new ReadLedger(settings, new AcquireLease(settings, holder, clock));
  }

  /** Reads the tables as they are now, whoever is at work there. */
  static ReadLedger asItIs(ImportSettings settings) {
    return new ReadLedger(settings, null);
  }

  @Override
  public PCollectionTuple expand(PCollection<ManifestEntry> entries) {
    PCollection<KV<String, List<String>>> items =
        entries.apply("Items", ItemsByDestination.create());
    PCollection<KV<String, Long>> all =
        items
            .apply(
                "Count",
                MapElements.into(
                        TypeDescriptors.kvs(TypeDescriptors.strings(), TypeDescriptors.longs()))
                    .via(some -> KV.of(some.getKey(), (long) some.getValue().size())))
            .apply("Destinations", Sum.longsPerKey());
    PCollection<KV<String, Long>> destinations =
        lease == null ? all : all.apply("AcquireLease", ParDo.of(lease));
    StatusStore store = settings.store();
    PCollectionTuple read =
        store.ledgerByKey().isPresent()
            ? byKeyOrWhole(items, destinations, store.ledgerByKey().get())
            : whole(destinations.apply("Names", Keys.create()))
                .and(ResumeBatches.LOOKED_UP, none(destinations.getPipeline()));
    return lease == null ? read : read.and(LEASED, destinations);
  }

  private PCollectionTuple whole(PCollection<String> destinations) {
    return PCollectionTuple.of(
            ResumeBatches.ROWS, destinations.apply("ReadVideos", settings.store().readVideos()))
        .and(ResumeBatches.JOBS, destinations.apply("ReadJobs", settings.store().readJobs()));
  }

  /**
   * Where a manifest names little of what is known, it is looked up, and else only what is open.
   */
  private PCollectionTuple byKeyOrWhole(
      PCollection<KV<String, List<String>>> items,
      PCollection<KV<String, Long>> destinations,
      LedgerByKey ledger) {
    PCollectionTuple chosen =
        destinations.apply(
            "ByKeyOrWhole",
            ParDo.of(new ChooseFn(ledger)).withOutputTags(WHOLE, TupleTagList.of(BY_KEY)));
    PCollection<String> byKey = chosen.get(BY_KEY);
    PCollection<VideoStatus> lookedUp =
        items.apply("LookUp", LookUpItems.in(ledger, byKey.apply("ByKey", View.asList())));
    // So that what has become of a batch which a row names is known when the row is.
    PCollection<String> then = byKey.apply("AfterLookUp", Wait.on(lookedUp));
    PCollectionTuple whole = whole(chosen.get(WHOLE));
    String runId = settings.runId();
    return PCollectionTuple.of(
            ResumeBatches.ROWS,
            PCollectionList.of(whole.get(ResumeBatches.ROWS))
                .and(then.apply("ReadOpenVideos", ledger.readOpenVideos(runId)))
                .apply("Videos", Flatten.pCollections()))
        .and(
            ResumeBatches.JOBS,
            PCollectionList.of(whole.get(ResumeBatches.JOBS))
                .and(then.apply("ReadOpenJobs", ledger.readOpenJobs(runId)))
                .apply("Jobs", Flatten.pCollections()))
        .and(ResumeBatches.LOOKED_UP, lookedUp);
  }

  /** No rows that were looked up. */
  static PCollection<VideoStatus> none(Pipeline pipeline) {
    return pipeline.apply("NotLookedUp", Create.empty(TypeDescriptor.of(VideoStatus.class)));
  }

  private static final class ChooseFn extends DoFn<KV<String, Long>, String> {
    private static final long serialVersionUID = 1L;

    private final LedgerByKey ledger;

    ChooseFn(LedgerByKey ledger) {
      this.ledger = ledger;
    }

    @ProcessElement
    public void choose(@Element KV<String, Long> destination, MultiOutputReceiver out) {
      boolean isByKey = ledger.isCheaper(destination.getKey(), destination.getValue());
      out.get(isByKey ? BY_KEY : WHOLE).output(destination.getKey());
    }
  }
}
