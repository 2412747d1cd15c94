package com.nomadicml.beam.imports;

import com.nomadicml.beam.model.ManifestEntry;
import java.util.List;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * In place of {@link ListIntegrations}, for a plan that must not ask the API: takes it that each
 * bucket has its one saved integration.
 */
public final class AssumeIntegrations
    extends PTransform<PCollection<ManifestEntry>, PCollectionView<List<SavedIntegration>>> {
  /** The id of an integration that is assumed. */
  public static final String ASSUMED = "to be resolved";

  private AssumeIntegrations() {}

  public static AssumeIntegrations ofEveryBucket() {
    return new AssumeIntegrations();
  }

  @Override
  public PCollectionView<List<SavedIntegration>> expand(PCollection<ManifestEntry> entries) {
    return entries
        .apply("WithoutIntegration", Filter.by(ListIntegrations::isNeeded))
        .apply(
            "Buckets",
            MapElements.into(TypeDescriptors.strings())
                .via(entry -> ImportDefaults.uriOf(entry.getSourceUri()).bucket()))
        .apply("DistinctBuckets", DistinctValues.create())
        .apply(
            "Assume",
            MapElements.into(TypeDescriptor.of(SavedIntegration.class))
                .via(bucket -> SavedIntegration.of(ASSUMED, bucket, "", true)))
        .apply("AsList", View.asList());
  }
}
