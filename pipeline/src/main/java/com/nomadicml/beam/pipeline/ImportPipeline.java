package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.imports.HttpApiFactory;
import com.nomadicml.beam.imports.lane.PollImports;
import com.nomadicml.beam.model.VideoStatus;
import java.time.Clock;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;

/**
 * The whole import as one diagram: manifests in, outcomes out, and the status tables between. What
 * is planned is written first; the lane takes it from there, when all of it is written. So a run
 * can be killed at any moment and started again with the same command.
 *
 * <p>Yields the row of each item that the run was to see to. They are in the tables already.
 */
public final class ImportPipeline extends PTransform<PBegin, PCollection<VideoStatus>> {
  private final ImportSettings settings;
  private final HttpApiFactory api;
  private final Clock clock;
  private final PlanLines planLines;

  ImportPipeline(ImportSettings settings, HttpApiFactory api, Clock clock) {
    this(settings, api, clock, new PlanLines(settings, api, clock));
  }

  private ImportPipeline(
      ImportSettings settings, HttpApiFactory api, Clock clock, PlanLines planLines) {
    this.settings = settings;
    this.api = api;
    this.clock = clock;
    this.planLines = planLines;
  }

  /** The same with no launcher beside it, that would renew the run's leases. */
  ImportPipeline unwatched() {
    return new ImportPipeline(settings, api, clock, planLines.unwatched());
  }

  @Override
  public PCollection<VideoStatus> expand(PBegin begin) {
    PCollectionTuple plan =
        begin
            .apply("ReadManifests", settings.readManifests().withCounts())
            .apply("PlanImports", planLines);
    PCollection<Void> written = plan.apply("WriteAhead", new WritePlan(settings, clock));
    PCollection<VideoStatus> outcomes =
        begin.apply("PollImports", PollImports.after(settings.lane(api, clock), written));
    return PCollectionList.of(plan.get(PlanLines.ROWS))
        .and(outcomes)
        .apply("Outcomes", Flatten.pCollections())
        .apply("DeadLetters", DeadLetters.of(settings));
  }
}
