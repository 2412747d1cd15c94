package com.nomadicml.beam.pipeline;

import java.time.Clock;
import java.util.List;
import org.apache.beam.sdk.transforms.FlatMapElements;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Wait;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * Puts what {@link PlanLines} yields into the tables: the batches with their rows, the rows of what
 * is not sent, and the counts. Yields nothing; it is complete when all of it is written, and the
 * run still has its leases.
 */
final class WritePlan extends PTransform<PCollectionTuple, PCollection<Void>> {
  private final ImportSettings settings;
  private final Clock clock;

  WritePlan(ImportSettings settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
  }

  @Override
  public PCollection<Void> expand(PCollectionTuple plan) {
    PCollection<Void> planned =
        plan.get(PlanLines.BATCHES)
            .apply("WriteBatches", new WriteAhead(settings.store(), settings.runId(), clock))
            .apply(
                "Planned", FlatMapElements.into(TypeDescriptors.voids()).via(batch -> List.of()));
    PCollection<Void> rows =
        plan.get(PlanLines.ROWS).apply("WriteVideos", settings.store().writeVideos());
    PCollection<Void> counts =
        plan.get(PlanLines.COUNTS)
            .apply("WriteCounts", new WriteCounts(settings.store(), settings.runId()));
    PCollection<Void> written =
        PCollectionList.of(planned).and(rows).and(counts).apply("Written", Flatten.pCollections());
    return plan.has(PlanLines.LEASED)
        ? plan.get(PlanLines.LEASED)
            .apply("AfterPlan", Wait.on(written))
            .apply("StillLeased", ParDo.of(KeepLease.onceMore(settings)))
        : written;
  }
}
