package com.nomadicml.beam.manifest;

import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.PartCount;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Top;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.beam.sdk.values.TypeDescriptors;

/** Leaves out, and counts, what the filters and the limit say. */
final class SelectEntries extends PTransform<PCollection<ManifestEntry>, PCollectionTuple> {
  private final Selection selection;

  SelectEntries(Selection selection) {
    this.selection = selection;
  }

  @Override
  public PCollectionTuple expand(PCollection<ManifestEntry> entries) {
    PCollectionTuple taken =
        entries.apply(
            "Filter",
            ParDo.of(new FilterFn(selection))
                .withOutputTags(EntryOutput.ENTRIES, TupleTagList.of(EntryOutput.COUNTS)));
    if (selection.limit() == 0) {
      return taken;
    }
    // The same entries whenever the same manifests are read: the first ones, by name and line.
    PCollectionView<List<String>> first =
        taken
            .get(EntryOutput.ENTRIES)
            .apply("Places", MapElements.into(TypeDescriptors.strings()).via(SelectEntries::place))
            .apply("First", Top.smallest(selection.limit()))
            .apply("Last", View.asSingleton());
    PCollectionTuple limited =
        taken
            .get(EntryOutput.ENTRIES)
            .apply(
                "Limit",
                ParDo.of(new LimitFn(first))
                    .withSideInputs(first)
                    .withOutputTags(EntryOutput.ENTRIES, TupleTagList.of(EntryOutput.COUNTS)));
    return PCollectionTuple.of(EntryOutput.ENTRIES, limited.get(EntryOutput.ENTRIES))
        .and(
            EntryOutput.COUNTS,
            PCollectionList.of(taken.get(EntryOutput.COUNTS))
                .and(limited.get(EntryOutput.COUNTS))
                .apply("Counts", Flatten.pCollections()));
  }

  /** Counts one entry of a manifest. */
  static void count(String stage, ManifestEntry entry, DoFn.MultiOutputReceiver out) {
    ManifestMetrics.counter(stage).inc();
    out.get(EntryOutput.COUNTS).output(PartCount.of(stage, entry.getManifest(), 1));
  }

  /** Sorts as the manifests' lines do, and a line's objects by their names. */
  private static String place(ManifestEntry entry) {
    return String.format(
        Locale.ROOT, "%s\0%019d\0%s", entry.getManifest(), entry.getLine(), entry.getSourceUri());
  }

  private static class FilterFn extends DoFn<ManifestEntry, ManifestEntry> {
    private static final long serialVersionUID = 1L;

    private final Selection selection;

    FilterFn(Selection selection) {
      this.selection = selection;
    }

    @ProcessElement
    public void filter(@Element ManifestEntry entry, MultiOutputReceiver out) {
      boolean included = selection.includes(entry.getSourceUri());
      boolean excluded = included && selection.excludes(entry.getSourceUri());
      if (included && selection.include() != null) {
        count(ManifestMetrics.INCLUDED, entry, out);
      }
      if (excluded) {
        count(ManifestMetrics.EXCLUDED, entry, out);
      }
      if (included && !excluded) {
        out.get(EntryOutput.ENTRIES).output(entry);
      } else {
        count(SkipReason.FILTERED.metric(), entry, out);
      }
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
    public void limit(ProcessContext context, MultiOutputReceiver out) {
      if (last == null) {
        last = Collections.max(context.sideInput(first));
      }
      if (place(context.element()).compareTo(last) <= 0) {
        out.get(EntryOutput.ENTRIES).output(context.element());
      } else {
        count(SkipReason.OVER_LIMIT.metric(), context.element(), out);
      }
    }
  }
}
