package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.imports.ClaimEntries;
import com.nomadicml.beam.imports.CompleteEntries;
import com.nomadicml.beam.imports.CutBatches;
import com.nomadicml.beam.imports.HttpApiFactory;
import com.nomadicml.beam.imports.ResumeEntries;
import com.nomadicml.beam.imports.lane.PollImports;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.Rejection;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.status.HolderProcess;
import com.nomadicml.beam.status.StatusStore;
import java.time.Clock;
import java.util.List;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.WithFailures;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PDone;

/**
 * An import that runs for ever, as one diagram: manifests as they appear, or messages, in; batches
 * in the status tables out. The lane takes them from there. It starts with what an earlier stream
 * has left in the tables.
 */
public final class StreamPipeline extends PTransform<PBegin, PDone> {
  private final ImportSettings settings;
  private final HttpApiFactory api;
  private final Clock clock;
  private final List<String> destinations;

  /**
   * The stream of a run.
   *
   * @param destinations that earlier runs may have left open, and that the run has leased
   */
  StreamPipeline(
      ImportSettings settings, HttpApiFactory api, Clock clock, List<String> destinations) {
    this.settings = settings;
    this.api = api;
    this.clock = clock;
    this.destinations = destinations;
  }

  @Override
  public PDone expand(PBegin begin) {
    StatusStore store = settings.store();
    String runId = settings.runId();
    HolderProcess holder = RemoteWorkers.holder(begin.getPipeline().getOptions());
    AcquireLease lease = new AcquireLease(settings, holder, clock);

    WithFailures.Result<PCollection<ManifestEntry>, Rejection> lines =
        begin.apply("Watch", settings.watch());
    PCollection<ManifestEntry> leftOver =
        begin
            // One list, as without any element there would be other transforms: a job that goes on
            // from what an earlier one remembers needs the same.
            .apply(
                "Destinations",
                Create.of(List.of(destinations)).withCoder(ListCoder.of(StringUtf8Coder.of())))
            .apply("EachDestination", Flatten.iterables())
            .apply("ReadLedger", store.readOpenVideos())
            .apply(
                "ResumeEntries",
                ResumeEntries.of(settings.maxAttempts(), settings.onUnknownSubmit()));

    PCollectionTuple cut =
        PCollectionList.of(lines.output())
            .and(leftOver)
            .apply("Entries", Flatten.pCollections())
            .apply("CompleteEntries", CompleteEntries.with(settings.defaults()))
            .apply(
                "ClaimEntries", ClaimEntries.in(store, lease, clock, runId, settings.maxAttempts()))
            .apply(
                "CutBatches",
                CutBatches.of(
                    api,
                    store,
                    clock,
                    runId,
                    settings.batchSize(),
                    settings.streaming().maxBatchDelay()));
    cut.get(CutBatches.BATCHES).apply("WriteAhead", new WriteAhead(store, runId, clock));
    PCollection<VideoStatus> outcomes =
        begin.apply("PollImports", PollImports.forEver(settings.lane(api, clock)));

    PCollection<VideoStatus> notSent =
        PCollectionList.of(
                lines.failures().apply("RejectedRows", new RejectedRows(settings, clock)))
            .and(cut.get(CutBatches.REFUSED))
            .apply("NotSent", Flatten.pCollections());
    notSent.apply("WriteVideos", store.writeVideos());
    PCollectionList.of(notSent)
        .and(outcomes)
        .apply("Outcomes", Flatten.pCollections())
        .apply("DeadLetters", DeadLetters.of(settings));
    return PDone.in(begin.getPipeline());
  }
}
