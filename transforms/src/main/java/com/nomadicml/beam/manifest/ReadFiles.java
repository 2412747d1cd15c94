package com.nomadicml.beam.manifest;

import java.time.Duration;
import java.util.List;
import javax.annotation.Nullable;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Redistribute;
import org.apache.beam.sdk.transforms.Watch;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollectionTuple;

/** Reads the manifests that are files, each in as many parts as its format allows. */
final class ReadFiles extends PTransform<PBegin, PCollectionTuple> {
  private final List<String> paths;
  private final ManifestFormat format;
  private final RowRules rules;
  @Nullable private final Duration watchInterval;

  /**
   * @param watchInterval how often to look for files, or null to look once
   */
  ReadFiles(
      List<String> paths, ManifestFormat format, RowRules rules, @Nullable Duration watchInterval) {
    this.paths = paths;
    this.format = format;
    this.rules = rules;
    this.watchInterval = watchInterval;
  }

  @Override
  public PCollectionTuple expand(PBegin begin) {
    FileSystems.setDefaultPipelineOptions(begin.getPipeline().getOptions());
    paths.forEach(ReadFiles::checkScheme);
    return watchInterval == null ? readOnce(begin) : watch(begin);
  }

  /** Said before the pipeline runs, as no worker will know better. */
  private static void checkScheme(String path) {
    try {
      FileSystems.matchNewResource(path, path.endsWith("/"));
    } catch (IllegalArgumentException e) {
      throw new ManifestException(
          path
              + " can't be read ("
              + e.getMessage()
              + "): a manifest is a local path, gs://, s3:// or bigquery:project.dataset.table",
          e);
    }
  }

  private PCollectionTuple watch(PBegin begin) {
    org.joda.time.Duration interval = org.joda.time.Duration.millis(watchInterval.toMillis());
    return begin
        .apply("Paths", Create.of(paths))
        .apply("Watch", FileIO.matchAll().continuously(interval, Watch.Growth.never(), true))
        .apply("SpreadFiles", Redistribute.arbitrarily())
        .apply(
            "Read",
            ParDo.of(new ReadWatchedFn(format, rules))
                .withOutputTags(EntryOutput.ENTRIES, EntryOutput.OTHERS));
  }

  private PCollectionTuple readOnce(PBegin begin) {
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
