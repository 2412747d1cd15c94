package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.imports.DistinctValues;
import com.nomadicml.beam.imports.ResumeBatches;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.status.HolderProcess;
import com.nomadicml.beam.status.StatusStore;
import java.time.Clock;
import javax.annotation.Nullable;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TypeDescriptors;

/** What the status tables know of the destinations of some entries, for {@link ResumeBatches}. */
final class ReadLedger extends PTransform<PCollection<ManifestEntry>, PCollectionTuple> {
  private final ImportSettings settings;

  /** Null when no lease is taken. */
  @Nullable private final Clock clock;

  private ReadLedger(ImportSettings settings, @Nullable Clock clock) {
    this.settings = settings;
    this.clock = clock;
  }

  /** Reads when no other run is at work at the destinations, and keeps others out from then on. */
  static ReadLedger leased(ImportSettings settings, Clock clock) {
    return new ReadLedger(settings, clock);
  }

  /** Reads the tables as they are now, whoever is at work there. */
  static ReadLedger asItIs(ImportSettings settings) {
    return new ReadLedger(settings, null);
  }

  @Override
  public PCollectionTuple expand(PCollection<ManifestEntry> entries) {
    PCollection<String> all =
        entries
            .apply(
                "Destinations",
                MapElements.into(TypeDescriptors.strings())
                    .via(entry -> ImportTarget.destination(entry.getScope(), entry.getFolder())))
            .apply("DistinctDestinations", DistinctValues.create());
    PCollection<String> destinations = clock == null ? all : lease(all);
    StatusStore store = settings.store();
    return PCollectionTuple.of(
            ResumeBatches.ROWS, destinations.apply("ReadVideos", store.readVideos()))
        .and(ResumeBatches.JOBS, destinations.apply("ReadJobs", store.readJobs()));
  }

  private PCollection<String> lease(PCollection<String> destinations) {
    HolderProcess holder = RemoteWorkers.holder(destinations.getPipeline().getOptions());
    return destinations.apply("AcquireLease", ParDo.of(new AcquireLease(settings, holder, clock)));
  }
}
