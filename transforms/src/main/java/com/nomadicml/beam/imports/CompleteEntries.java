package com.nomadicml.beam.imports;

import com.nomadicml.beam.model.ManifestEntry;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;

/** Gives every entry the run's folder, scope and integration where it has none of its own. */
public final class CompleteEntries
    extends PTransform<PCollection<ManifestEntry>, PCollection<ManifestEntry>> {
  private final ImportDefaults defaults;

  private CompleteEntries(ImportDefaults defaults) {
    this.defaults = defaults;
  }

  public static CompleteEntries with(ImportDefaults defaults) {
    return new CompleteEntries(defaults);
  }

  @Override
  public PCollection<ManifestEntry> expand(PCollection<ManifestEntry> entries) {
    ImportDefaults defaults = this.defaults;
    return entries.apply(
        "Complete",
        MapElements.into(TypeDescriptor.of(ManifestEntry.class)).via(defaults::complete));
  }
}
