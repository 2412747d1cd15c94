package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.api.NomadicApiFactory;
import com.nomadicml.beam.imports.CompleteEntries;
import com.nomadicml.beam.imports.ResumeEntries;
import com.nomadicml.beam.imports.SettleImports;
import com.nomadicml.beam.imports.StreamImports;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.Rejection;
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
 * The stream of {@link StreamPipeline} for tables that can't be a lane's queue: rows of the status
 * tables out. It starts with what an earlier one has left in the tables.
 */
final class BigQueryStream extends PTransform<PBegin, PDone> {
  private final ImportSettings settings;
  private final NomadicApiFactory api;
  private final Clock clock;
  private final List<String> destinations;

  /**
   * @param destinations that an earlier stream may have left open
   */
  BigQueryStream(
      ImportSettings settings, NomadicApiFactory api, Clock clock, List<String> destinations) {
    this.settings = settings;
    this.api = api;
    this.clock = clock;
    this.destinations = destinations;
  }

  @Override
  public PDone expand(PBegin begin) {
    StatusStore store = settings.store();
    String runId = settings.runId();

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

    PCollectionTuple sent =
        PCollectionList.of(lines.output())
            .and(leftOver)
            .apply("Entries", Flatten.pCollections())
            .apply("CompleteEntries", CompleteEntries.with(settings.defaults()))
            .apply(
                "StreamImports",
                StreamImports.through(
                    api, new StoreLedger(store), clock, runId, settings.streamSettings()));
    PCollectionTuple settled =
        PCollectionTuple.of(SettleImports.SUBMITTED, sent.get(StreamImports.SUBMITTED))
            .and(SettleImports.PAGES, sent.get(StreamImports.PAGES))
            .apply("SettleImports", SettleImports.of(clock, runId));

    PCollectionList.of(lines.failures().apply("RejectedRows", new RejectedRows(settings, clock)))
        .and(sent.get(StreamImports.ROWS))
        .and(settled.get(SettleImports.ROWS))
        .apply("Rows", Flatten.pCollections())
        .apply("DeadLetters", DeadLetters.of(settings))
        .apply("WriteVideos", store.writeVideos());
    settled.get(SettleImports.JOBS).apply("WriteJobs", store.writeJobs());
    return PDone.in(begin.getPipeline());
  }
}
