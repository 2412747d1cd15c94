package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.api.NomadicApiFactory;
import com.nomadicml.beam.imports.CompleteEntries;
import com.nomadicml.beam.imports.ListIntegrations;
import com.nomadicml.beam.imports.PlanImports;
import com.nomadicml.beam.imports.ResumeBatches;
import com.nomadicml.beam.imports.SettledRows;
import com.nomadicml.beam.manifest.ReadManifests;
import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.PartCount;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.status.HolderProcess;
import java.time.Clock;
import javax.annotation.Nullable;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.Wait;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;

/**
 * Plans what the lines of manifests name, against what the tables know. Takes what {@link
 * ReadManifests#withCounts} yields; yields new {@link #BATCHES}, the {@link #ROWS} of lines and
 * items that are not sent, and {@link #COUNTS} of all of them and of what earlier runs left open.
 */
final class PlanLines extends PTransform<PCollectionTuple, PCollectionTuple> {
  static final TupleTag<ImportBatch> BATCHES = new TupleTag<>() {};
  static final TupleTag<VideoStatus> ROWS = new TupleTag<>() {};
  static final TupleTag<PartCount> COUNTS = new TupleTag<>() {};

  /** The rows of items that need nothing, if they are asked for. */
  static final TupleTag<VideoStatus> SETTLED = new TupleTag<>() {};

  /** How many destinations the run has leased, of a job that nobody watches. */
  static final TupleTag<Long> LEASED = new TupleTag<>() {};

  private final ImportSettings settings;
  private final NomadicApiFactory api;
  private final Clock clock;
  private final boolean isWatched;
  private final boolean isEmbedded;

  PlanLines(ImportSettings settings, NomadicApiFactory api, Clock clock) {
    this(settings, api, clock, true, false);
  }

  private PlanLines(
      ImportSettings settings,
      NomadicApiFactory api,
      Clock clock,
      boolean isWatched,
      boolean isEmbedded) {
    this.settings = settings;
    this.api = api;
    this.clock = clock;
    this.isWatched = isWatched;
    this.isEmbedded = isEmbedded;
  }

  /** For a job with no launcher beside it: renews the run's leases, and yields {@link #LEASED}. */
  PlanLines unwatched() {
    return new PlanLines(settings, api, clock, false, isEmbedded);
  }

  /** For a step of somebody's job, and whoever reads its outcomes: yields {@link #SETTLED} too. */
  PlanLines embedded() {
    return new PlanLines(settings, api, clock, false, true);
  }

  @Override
  public PCollectionTuple expand(PCollectionTuple lines) {
    PCollection<ManifestEntry> entries =
        lines
            .get(ReadManifests.ENTRIES)
            .apply("CompleteEntries", CompleteEntries.with(settings.defaults()));
    HolderProcess holder =
        isEmbedded
            ? HolderProcess.current().ofOthers()
            : RemoteWorkers.holder(entries.getPipeline().getOptions());
    PCollectionTuple known =
        entries.apply("ReadLedger", ReadLedger.leased(settings, holder, clock));
    PCollection<Long> leased =
        isWatched ? null : known.get(ReadLedger.LEASED).apply("Leased", Count.globally());
    PCollectionView<Long> kept = isWatched ? null : leased.apply("Kept", View.asSingleton());
    PCollectionTuple read =
        PCollectionTuple.of(
                ResumeBatches.ROWS, keep("KeepRead", known.get(ResumeBatches.ROWS), kept))
            .and(
                ResumeBatches.LOOKED_UP,
                keep("KeepLookedUp", known.get(ResumeBatches.LOOKED_UP), kept))
            .and(ResumeBatches.JOBS, known.get(ResumeBatches.JOBS));
    PCollectionTuple ledger =
        read.apply(
            "ResumeBatches",
            ResumeBatches.onUnknown(settings.onUnknownSubmit()).ofRun(settings.runId()));
    PlanImports planImports =
        PlanImports.with(
                entries.apply("ListIntegrations", ListIntegrations.through(api)),
                clock,
                settings.runId())
            .withBatchSize(settings.batchSize())
            .withMaxAttempts(settings.maxAttempts());
    PCollectionTuple plan =
        PCollectionTuple.of(PlanImports.ENTRIES, entries)
            .and(PlanImports.LEDGER, keep("KeepKnown", ledger.get(ResumeBatches.LEDGER), kept))
            .apply("PlanImports", isEmbedded ? planImports.withSettled() : planImports);
    PCollection<VideoStatus> rows =
        PCollectionList.of(
                lines
                    .get(ReadManifests.REJECTIONS)
                    // Nothing is written of a run that is kept out.
                    .apply("OnceLeased", Wait.on(ledger.get(ResumeBatches.LEDGER)))
                    .apply("RejectedRows", new RejectedRows(settings, clock)))
            .and(plan.get(PlanImports.REFUSED))
            .and(ledger.get(ResumeBatches.HELD))
            .apply("NotSent", Flatten.pCollections());
    PCollectionTuple planned =
        PCollectionTuple.of(BATCHES, keep("KeepPlanned", plan.get(PlanImports.BATCHES), kept))
            .and(ROWS, keep("KeepNotSent", rows, kept))
            .and(
                COUNTS,
                PCollectionList.of(lines.get(ReadManifests.COUNTS))
                    .and(ledger.get(ResumeBatches.COUNTS))
                    .and(plan.get(PlanImports.COUNTS))
                    .apply("Counts", Flatten.pCollections()));
    PCollectionTuple told = isWatched ? planned : planned.and(LEASED, leased);
    return isEmbedded ? told.and(SETTLED, settled(plan, read)) : told;
  }

  private <T> PCollection<T> keep(
      String name, PCollection<T> elements, @Nullable PCollectionView<Long> kept) {
    return kept == null ? elements : elements.apply(name, new KeepLease<>(settings, clock, kept));
  }

  private static PCollection<VideoStatus> settled(PCollectionTuple plan, PCollectionTuple read) {
    PCollection<VideoStatus> ledger =
        PCollectionList.of(read.get(ResumeBatches.ROWS))
            .and(read.get(ResumeBatches.LOOKED_UP))
            .apply("Ledger", Flatten.pCollections());
    return PCollectionTuple.of(PlanImports.SETTLED, plan.get(PlanImports.SETTLED))
        .and(SettledRows.LEDGER, ledger)
        .apply("SettledRows", SettledRows.create());
  }
}
