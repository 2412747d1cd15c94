package com.nomadicml.beam.manifest;

import com.google.common.collect.Iterables;
import com.nomadicml.beam.model.ManifestEntry;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.join.CoGbkResult;
import org.apache.beam.sdk.transforms.join.CoGroupByKey;
import org.apache.beam.sdk.transforms.join.KeyedPCollectionTuple;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * Leaves out, and counts, the entries ({@link #NOW}) that an older manifest ({@link #THEN}) holds
 * with the same version. Where one of the two says nothing of the version, the URI alone decides.
 */
final class LeaveUnchanged extends PTransform<PCollectionTuple, PCollectionTuple> {
  static final TupleTag<ManifestEntry> NOW = new TupleTag<>() {};
  static final TupleTag<ManifestEntry> THEN = new TupleTag<>() {};

  @Override
  public PCollectionTuple expand(PCollectionTuple manifests) {
    return KeyedPCollectionTuple.of(NOW, manifests.get(NOW).apply("Key", byUri()))
        .and(THEN, manifests.get(THEN).apply("KeyOlder", byUri()))
        .apply("Meet", CoGroupByKey.create())
        .apply(
            "Compare",
            ParDo.of(new CompareFn())
                .withOutputTags(EntryOutput.ENTRIES, TupleTagList.of(EntryOutput.COUNTS)));
  }

  private static WithKeys<String, ManifestEntry> byUri() {
    return WithKeys.of(ManifestEntry::getSourceUri).withKeyType(TypeDescriptors.strings());
  }

  private static class CompareFn extends DoFn<KV<String, CoGbkResult>, ManifestEntry> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void compare(@Element KV<String, CoGbkResult> uri, MultiOutputReceiver out) {
      Iterable<ManifestEntry> then = uri.getValue().getAll(THEN);
      for (ManifestEntry now : uri.getValue().getAll(NOW)) {
        if (Iterables.any(then, old -> ObjectVersion.isSame(now.getVersion(), old.getVersion()))) {
          SelectEntries.count(SkipReason.UNCHANGED.metric(), now, out);
        } else {
          out.get(EntryOutput.ENTRIES).output(now);
        }
      }
    }
  }
}
