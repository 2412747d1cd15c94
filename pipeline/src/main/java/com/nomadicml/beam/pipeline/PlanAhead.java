package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.api.NomadicApiFactory;
import java.time.Clock;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PDone;

/**
 * The wide half of an import: manifests in, the plan in the status tables. A lane carries it out
 * from there.
 */
final class PlanAhead extends PTransform<PBegin, PDone> {
  private final ImportSettings settings;
  private final NomadicApiFactory api;
  private final Clock clock;

  PlanAhead(ImportSettings settings, NomadicApiFactory api, Clock clock) {
    this.settings = settings;
    this.api = api;
    this.clock = clock;
  }

  @Override
  public PDone expand(PBegin begin) {
    begin
        .apply("ReadManifests", settings.readManifests().withCounts())
        .apply("PlanImports", new PlanLines(settings, api, clock))
        .apply("WriteAhead", new WritePlan(settings, clock));
    return PDone.in(begin.getPipeline());
  }
}
