package com.nomadicml.beam.manifest;

import java.util.List;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Redistribute;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollectionTuple;

/** Reads the manifests that are files, each in as many parts as its format allows. */
final class ReadFiles extends PTransform<PBegin, PCollectionTuple> {
  private final List<String> paths;
  private final ManifestFormat format;
  private final RowRules rules;

  ReadFiles(List<String> paths, ManifestFormat format, RowRules rules) {
    this.paths = paths;
    this.format = format;
    this.rules = rules;
  }

  @Override
  public PCollectionTuple expand(PBegin begin) {
    return begin
        .apply("Paths", Create.of(paths))
        .apply("NewestInventory", MapElements.via(new NewestInventory()))
        .apply("Match", FileIO.matchAll().withEmptyMatchTreatment(EmptyMatchTreatment.DISALLOW))
        .apply("FindParts", ParDo.of(new FindPartsFn(format)))
        .apply("SpreadFiles", Redistribute.arbitrarily())
        .apply("SplitParts", ParDo.of(new SplitPartsFn()))
        .apply("SpreadParts", Redistribute.arbitrarily())
        .apply(
            "Parse",
            ParDo.of(new ParsePartFn(rules))
                .withOutputTags(EntryOutput.ENTRIES, EntryOutput.OTHERS));
  }
}
