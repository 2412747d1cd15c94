package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.imports.ResumeBatches;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.status.HolderProcess;
import com.nomadicml.beam.status.StatusStore;
import java.time.Clock;
import org.apache.beam.sdk.transforms.Distinct;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * What the status tables know of the destinations of some entries, for {@link ResumeBatches}; read
 * when no other run is at work there.
 */
final class ReadLedger extends PTransform<PCollection<ManifestEntry>, PCollectionTuple> {
  private final ImportSettings settings;
  private final Clock clock;

  ReadLedger(ImportSettings settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
  }

  @Override
  public PCollectionTuple expand(PCollection<ManifestEntry> entries) {
    StatusStore store = settings.store();
    AcquireLease acquire =
        new AcquireLease(store.leases(), settings.runId(), HolderProcess.current(), clock);
    PCollection<String> destinations =
        entries
            .apply(
                "Destinations",
                MapElements.into(TypeDescriptors.strings())
                    .via(entry -> ImportTarget.destination(entry.getScope(), entry.getFolder())))
            .apply("DistinctDestinations", Distinct.create())
            .apply("AcquireLease", ParDo.of(acquire));
    return PCollectionTuple.of(
            ResumeBatches.ROWS, destinations.apply("ReadVideos", store.readVideos()))
        .and(ResumeBatches.JOBS, destinations.apply("ReadJobs", store.readJobs()));
  }
}
