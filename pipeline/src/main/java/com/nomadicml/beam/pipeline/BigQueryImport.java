package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.api.NomadicApiFactory;
import com.nomadicml.beam.imports.AwaitImports;
import com.nomadicml.beam.imports.SettleImports;
import com.nomadicml.beam.imports.ToImportJob;
import com.nomadicml.beam.model.JobPage;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.status.StatusStore;
import java.time.Clock;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;

/**
 * An import whose status tables are in BigQuery, which can't be the queue of a lane: work travels
 * through the pipeline. Its output is empty, and complete when the tables are written.
 */
final class BigQueryImport extends PTransform<PBegin, PCollection<Void>> {
  private final ImportSettings settings;
  private final NomadicApiFactory api;
  private final Clock clock;

  BigQueryImport(ImportSettings settings, NomadicApiFactory api, Clock clock) {
    this.settings = settings;
    this.api = api;
    this.clock = clock;
  }

  @Override
  public PCollection<Void> expand(PBegin begin) {
    StatusStore store = settings.store();
    String runId = settings.runId();

    PCollectionTuple plan = begin.apply("Plan", new PlanManifests(settings, api, clock));
    PCollectionTuple sent =
        PCollectionTuple.of(SendBatches.PLANNED, plan.get(PlanManifests.BATCHES))
            .and(SendBatches.UNSENT, plan.get(PlanManifests.UNSENT))
            .apply("SendBatches", new SendBatches(settings, api, clock));

    PCollection<TrackedBatch> submitted =
        PCollectionList.of(sent.get(SendBatches.SUBMITTED))
            .and(plan.get(PlanManifests.SUBMITTED))
            .apply("Submitted", Flatten.pCollections());
    PCollection<JobPage> pages =
        submitted
            .apply("Jobs", MapElements.via(new ToImportJob()))
            .apply(
                "AwaitImports",
                AwaitImports.through(api, clock)
                    .withTimeout(settings.awaitTimeout())
                    .withPageSize(settings.pageSize())
                    .withLanes(settings.apiLanes()));
    PCollectionTuple settled =
        PCollectionTuple.of(SettleImports.SUBMITTED, submitted)
            .and(SettleImports.PAGES, pages)
            .apply("SettleImports", SettleImports.of(clock, runId));

    PCollection<Void> videos =
        PCollectionList.of(plan.get(PlanManifests.ROWS))
            .and(sent.get(SendBatches.ROWS))
            .and(settled.get(SettleImports.ROWS))
            .apply("Rows", Flatten.pCollections())
            .apply("DeadLetters", DeadLetters.of(settings))
            .apply("WriteVideos", store.writeVideos());
    PCollection<Void> jobs = settled.get(SettleImports.JOBS).apply("WriteJobs", store.writeJobs());
    return PCollectionList.of(videos).and(jobs).apply("Written", Flatten.pCollections());
  }
}
