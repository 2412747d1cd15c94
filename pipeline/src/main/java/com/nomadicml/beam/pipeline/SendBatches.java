package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.api.NomadicApiFactory;
import com.nomadicml.beam.imports.AwaitImports;
import com.nomadicml.beam.imports.ElectCanaries;
import com.nomadicml.beam.imports.FolderAnswer;
import com.nomadicml.beam.imports.JudgeCanaries;
import com.nomadicml.beam.imports.ResolveFolders;
import com.nomadicml.beam.imports.StopTargets;
import com.nomadicml.beam.imports.SubmitImports;
import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoStatus;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TypeDescriptor;

/**
 * Sends batches, canaries first. Takes new batches ({@link #PLANNED}) and those that an earlier run
 * wrote but did not send ({@link #UNSENT}); yields {@link #SUBMITTED} ones, and the {@link #ROWS}
 * of all that were sent, refused or stopped.
 *
 * <p>A batch is in the tables before it is sent. What waits for a canary is not, so a stopped
 * target leaves no batches behind.
 */
final class SendBatches extends PTransform<PCollectionTuple, PCollectionTuple> {
  static final TupleTag<ImportBatch> PLANNED = new TupleTag<>() {};
  static final TupleTag<TrackedBatch> UNSENT = new TupleTag<>() {};
  static final TupleTag<TrackedBatch> SUBMITTED = new TupleTag<>() {};
  static final TupleTag<VideoStatus> ROWS = new TupleTag<>() {};

  /** A backend that has not decided by then would hold the whole backfill up. */
  private static final Duration CANARY_PATIENCE = Duration.ofMinutes(15);

  private final ImportSettings settings;
  private final NomadicApiFactory api;
  private final Clock clock;

  SendBatches(ImportSettings settings, NomadicApiFactory api, Clock clock) {
    this.settings = settings;
    this.api = api;
    this.clock = clock;
  }

  @Override
  public PCollectionTuple expand(PCollectionTuple batches) {
    String runId = settings.runId();
    WriteAhead writeAhead = new WriteAhead(settings.store(), runId, clock);
    SubmitImports submit =
        SubmitImports.through(
                api, new StoreLedger(settings.store()), folders(batches), clock, runId)
            .onUnknown(settings.onUnknownSubmit())
            .withLanes(settings.apiLanes());

    PCollectionTuple planned =
        batches.get(PLANNED).apply("ElectCanaries", ElectCanaries.when(settings.canary()));
    PCollection<ImportBatch> waiting = planned.get(ElectCanaries.REST);
    PCollectionTuple first =
        PCollectionList.of(planned.get(ElectCanaries.FIRST).apply("WriteAheadFirst", writeAhead))
            .and(batches.get(UNSENT))
            .apply("First", Flatten.pCollections())
            .apply("SubmitFirst", submit);
    PCollectionView<Map<String, String>> failedTargets =
        PCollectionTuple.of(JudgeCanaries.WAITING, waiting)
            .and(SubmitImports.SUBMITTED, first.get(SubmitImports.SUBMITTED))
            .and(SubmitImports.CLOSED, first.get(SubmitImports.CLOSED))
            .apply("JudgeCanaries", JudgeCanaries.by(probe()));
    PCollectionTuple judged =
        waiting.apply("StopTargets", StopTargets.in(failedTargets, clock, runId));
    PCollectionTuple rest =
        judged
            .get(StopTargets.CLEARED)
            .apply("WriteAhead", writeAhead)
            .apply("SubmitImports", submit.asTheyCome());

    return PCollectionTuple.of(
            SUBMITTED,
            PCollectionList.of(first.get(SubmitImports.SUBMITTED))
                .and(rest.get(SubmitImports.SUBMITTED))
                .apply("Submitted", Flatten.pCollections()))
        .and(
            ROWS,
            PCollectionList.of(first.get(SubmitImports.ROWS))
                .and(rest.get(SubmitImports.ROWS))
                .and(judged.get(StopTargets.ROWS))
                .apply("Rows", Flatten.pCollections()));
  }

  private AwaitImports probe() {
    Duration timeout = settings.awaitTimeout();
    return AwaitImports.through(api, clock)
        .withTimeout(timeout.compareTo(CANARY_PATIENCE) < 0 ? timeout : CANARY_PATIENCE)
        .withPageSize(settings.pageSize())
        .withLanes(settings.apiLanes());
  }

  private PCollectionView<Map<String, FolderAnswer>> folders(PCollectionTuple batches) {
    TypeDescriptor<ImportTarget> target = TypeDescriptor.of(ImportTarget.class);
    return PCollectionList.of(
            batches
                .get(PLANNED)
                .apply("PlannedTargets", MapElements.into(target).via(ImportBatch::getTarget)))
        .and(
            batches
                .get(UNSENT)
                .apply(
                    "UnsentTargets",
                    MapElements.into(target).via(batch -> batch.getBatch().getTarget())))
        .apply("Targets", Flatten.pCollections())
        .apply("ResolveFolders", ResolveFolders.through(api));
  }
}
