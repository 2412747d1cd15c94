package com.nomadicml.beam.manifest;

import com.nomadicml.beam.model.ManifestEntry;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Top;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TypeDescriptors;

/** Leaves out, and counts, what the filters and the limit say. */
final class SelectEntries
    extends PTransform<PCollection<ManifestEntry>, PCollection<ManifestEntry>> {
  private final Selection selection;

  SelectEntries(Selection selection) {
    this.selection = selection;
  }

  @Override
  public PCollection<ManifestEntry> expand(PCollection<ManifestEntry> entries) {
    PCollection<ManifestEntry> taken =
        entries.apply("Filter", Filter.by(new Filters(selection)::takes));
    if (selection.limit() == 0) {
      return taken;
    }
    // The same entries whenever the same manifests are read: the first ones, by name and line.
    PCollectionView<List<String>> first =
        taken
            .apply("Places", MapElements.into(TypeDescriptors.strings()).via(SelectEntries::place))
            .apply("First", Top.smallest(selection.limit()))
            .apply("Last", View.asSingleton());
    return taken.apply("Limit", ParDo.of(new LimitFn(first)).withSideInputs(first));
  }

  /** Sorts as the manifests' lines do, and a line's objects by their names. */
  private static String place(ManifestEntry entry) {
    return String.format(
        Locale.ROOT, "%s\0%019d\0%s", entry.getManifest(), entry.getLine(), entry.getSourceUri());
  }

  private record Filters(Selection selection) implements java.io.Serializable {
    boolean takes(ManifestEntry entry) {
      boolean included = selection.includes(entry.getSourceUri());
      boolean excluded = included && selection.excludes(entry.getSourceUri());
      if (included && selection.include() != null) {
        ManifestMetrics.counter(ManifestMetrics.INCLUDED).inc();
      }
      if (excluded) {
        ManifestMetrics.counter(ManifestMetrics.EXCLUDED).inc();
      }
      boolean takes = included && !excluded;
      if (!takes) {
        ManifestMetrics.counter(SkipReason.FILTERED.metric()).inc();
      }
      return takes;
    }
  }

  private static class LimitFn extends DoFn<ManifestEntry, ManifestEntry> {
    private static final long serialVersionUID = 1L;

    private final PCollectionView<List<String>> first;
    private transient String last;

    LimitFn(PCollectionView<List<String>> first) {
      this.first = first;
    }

    @StartBundle
    public void forget() {
      last = null;
    }

    @ProcessElement
    public void limit(ProcessContext context) {
      if (last == null) {
        last = Collections.max(context.sideInput(first));
      }
      if (place(context.element()).compareTo(last) <= 0) {
        context.output(context.element());
      } else {
        ManifestMetrics.counter(SkipReason.OVER_LIMIT.metric()).inc();
      }
    }
  }
}
