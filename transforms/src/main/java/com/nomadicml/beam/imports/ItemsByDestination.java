package com.nomadicml.beam.imports;

import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.ManifestEntry;
import java.util.List;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * The keys under which the ledger may know some entries: their URIs by destination, in lists of up
 * to a thousand. Takes entries with their defaults, in the global window.
 */
public final class ItemsByDestination
    extends PTransform<PCollection<ManifestEntry>, PCollection<KV<String, List<String>>>> {
  static final int AT_ONCE = 1_000;

  private ItemsByDestination() {}

  public static ItemsByDestination create() {
    return new ItemsByDestination();
  }

  @Override
  public PCollection<KV<String, List<String>>> expand(PCollection<ManifestEntry> entries) {
    return entries
        .apply("Gather", ParDo.of(new GatherFn<>(ItemsByDestination::destination, AT_ONCE)))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), ListCoder.of(entries.getCoder())))
        .apply(
            "Uris",
            MapElements.into(
                    TypeDescriptors.kvs(
                        TypeDescriptors.strings(),
                        TypeDescriptors.lists(TypeDescriptors.strings())))
                .via(list -> KV.of(list.getKey(), uris(list.getValue()))));
  }

  private static String destination(ManifestEntry entry) {
    return ImportTarget.destination(entry.getScope(), entry.getFolder());
  }

  private static List<String> uris(List<ManifestEntry> entries) {
    return entries.stream().map(ManifestEntry::getSourceUri).distinct().toList();
  }
}
