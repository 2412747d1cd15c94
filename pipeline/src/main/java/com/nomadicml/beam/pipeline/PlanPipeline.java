package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.imports.AssumeIntegrations;
import com.nomadicml.beam.imports.CompleteEntries;
import com.nomadicml.beam.imports.PlanImports;
import com.nomadicml.beam.imports.ResumeBatches;
import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.Rejection;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoStatus;
import java.time.Clock;
import javax.annotation.Nullable;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.WithFailures;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PDone;
import org.apache.beam.sdk.values.TypeDescriptor;

/** The first half of {@link ImportPipeline}: the same plan, counted instead of carried out. */
final class PlanPipeline extends PTransform<PBegin, PDone> {
  private final ImportSettings settings;
  private final boolean hasLedger;
  @Nullable private final String rejected;
  private final Clock clock;

  /**
   * @param hasLedger whether there are status tables to read
   * @param rejected the file that rejected lines go to; null for none
   */
  PlanPipeline(ImportSettings settings, boolean hasLedger, @Nullable String rejected, Clock clock) {
    this.rejected = rejected;
    this.settings = settings;
    this.hasLedger = hasLedger;
    this.clock = clock;
  }

  @Override
  public PDone expand(PBegin begin) {
    WithFailures.Result<PCollection<ManifestEntry>, Rejection> lines =
        begin.apply("ReadManifests", settings.readManifests());
    lines.failures().apply("TallyRejections", new TallyRejections(rejected));
    PCollection<ManifestEntry> entries =
        lines.output().apply("CompleteEntries", CompleteEntries.with(settings.defaults()));
    PCollectionTuple ledger =
        (hasLedger
                ? entries.apply("ReadLedger", ReadLedger.asItIs(settings))
                : emptyLedger(begin.getPipeline()))
            .apply("ResumeBatches", ResumeBatches.onUnknown(settings.onUnknownSubmit()));
    PCollectionTuple plan =
        PCollectionTuple.of(PlanImports.ENTRIES, entries)
            .and(PlanImports.LEDGER, ledger.get(ResumeBatches.LEDGER))
            .apply(
                "PlanImports",
                PlanImports.with(
                        entries.apply("AssumeIntegrations", AssumeIntegrations.ofEveryBucket()),
                        clock,
                        settings.runId())
                    .withBatchSize(settings.batchSize())
                    .withMaxAttempts(settings.maxAttempts()));
    TypeDescriptor<ImportBatch> batch = TypeDescriptor.of(ImportBatch.class);
    return PCollectionTuple.of(TallyTargets.PLANNED, plan.get(PlanImports.BATCHES))
        .and(
            TallyTargets.UNSENT,
            ledger
                .get(ResumeBatches.UNSENT)
                .apply("Unsent", MapElements.into(batch).via(TrackedBatch::getBatch)))
        .and(
            TallyTargets.SUBMITTED,
            ledger
                .get(ResumeBatches.SUBMITTED)
                .apply("Submitted", MapElements.into(batch).via(TrackedBatch::getBatch)))
        .apply("TallyTargets", new TallyTargets(settings.rowsAPage()));
  }

  private static PCollectionTuple emptyLedger(Pipeline pipeline) {
    return PCollectionTuple.of(
            ResumeBatches.ROWS,
            pipeline.apply("NoVideos", Create.empty(TypeDescriptor.of(VideoStatus.class))))
        .and(
            ResumeBatches.JOBS,
            pipeline.apply("NoJobs", Create.empty(TypeDescriptor.of(JobStatus.class))))
        .and(ResumeBatches.LOOKED_UP, ReadLedger.none(pipeline));
  }
}
