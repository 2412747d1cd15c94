package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.api.NomadicApiFactory;
import com.nomadicml.beam.imports.CompleteEntries;
import com.nomadicml.beam.imports.ListIntegrations;
import com.nomadicml.beam.imports.PlanImports;
import com.nomadicml.beam.imports.ResumeBatches;
import com.nomadicml.beam.manifest.ReadManifests;
import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.PartCount;
import com.nomadicml.beam.model.VideoStatus;
import java.time.Clock;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.Wait;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;

/**
 * Reads the manifests and plans what they name, against what the tables know. Yields new {@link
 * #BATCHES}, the {@link #ROWS} of lines and items that are not sent, and {@link #COUNTS} of all of
 * them and of what earlier runs left open.
 */
final class PlanManifests extends PTransform<PBegin, PCollectionTuple> {
  static final TupleTag<ImportBatch> BATCHES = new TupleTag<>() {};
  static final TupleTag<VideoStatus> ROWS = new TupleTag<>() {};
  static final TupleTag<PartCount> COUNTS = new TupleTag<>() {};

  private final ImportSettings settings;
  private final NomadicApiFactory api;
  private final Clock clock;

  PlanManifests(ImportSettings settings, NomadicApiFactory api, Clock clock) {
    this.settings = settings;
    this.api = api;
    this.clock = clock;
  }

  @Override
  public PCollectionTuple expand(PBegin begin) {
    PCollectionTuple lines = begin.apply("ReadManifests", settings.readManifests().withCounts());
    PCollection<ManifestEntry> entries =
        lines
            .get(ReadManifests.ENTRIES)
            .apply("CompleteEntries", CompleteEntries.with(settings.defaults()));
    PCollectionTuple ledger =
        entries
            .apply("ReadLedger", ReadLedger.leased(settings, clock))
            .apply(
                "ResumeBatches",
                ResumeBatches.onUnknown(settings.onUnknownSubmit()).ofRun(settings.runId()));
    PCollectionTuple plan =
        PCollectionTuple.of(PlanImports.ENTRIES, entries)
            .and(PlanImports.LEDGER, ledger.get(ResumeBatches.LEDGER))
            .apply(
                "PlanImports",
                PlanImports.with(
                        entries.apply("ListIntegrations", ListIntegrations.through(api)),
                        clock,
                        settings.runId())
                    .withBatchSize(settings.batchSize())
                    .withMaxAttempts(settings.maxAttempts()));
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
    return PCollectionTuple.of(BATCHES, plan.get(PlanImports.BATCHES))
        .and(ROWS, rows)
        .and(
            COUNTS,
            PCollectionList.of(lines.get(ReadManifests.COUNTS))
                .and(ledger.get(ResumeBatches.COUNTS))
                .and(plan.get(PlanImports.COUNTS))
                .apply("Counts", Flatten.pCollections()));
  }
}
