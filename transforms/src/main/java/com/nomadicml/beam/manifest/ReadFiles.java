package com.nomadicml.beam.manifest;

import static java.util.stream.Collectors.partitioningBy;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.annotation.Nullable;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Redistribute;
import org.apache.beam.sdk.transforms.Watch;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TypeDescriptors;

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
    if (path.regionMatches(true, 0, "s3://arn:", 0, 9)) {
      throw new ManifestException(
          path + " can't be read: name the bucket, or the access point's alias, instead of an ARN");
    }
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
    Map<Boolean, List<String>> byKind =
        paths.stream().collect(partitioningBy(ReadFiles::isNamedLikeAPattern));
    PCollectionList<String> files = PCollectionList.empty(begin.getPipeline());
    if (!byKind.get(false).isEmpty()) {
      files = files.and(watch(begin, "", byKind.get(false)));
    }
    if (!byKind.get(true).isEmpty()) {
      Set<String> named = new HashSet<>();
      byKind.get(true).forEach(path -> named.add(new StoredFile(path).id().toString()));
      files =
          files.and(
              watch(
                      begin,
                      "Named",
                      byKind.get(true).stream().map(StoredFile::asPattern).distinct().toList())
                  .apply("OnlyNamed", Filter.by(named::contains)));
    }
    return files
        .apply("Files", Flatten.pCollections())
        .apply("SpreadFiles", Redistribute.arbitrarily())
        .apply(
            "Read",
            ParDo.of(new ReadWatchedFn(format, rules))
                .withOutputTags(EntryOutput.ENTRIES, EntryOutput.OTHERS));
  }

  private PCollection<String> watch(PBegin begin, String kind, List<String> patterns) {
    org.joda.time.Duration interval = org.joda.time.Duration.millis(watchInterval.toMillis());
    return begin
        .apply(kind + "Paths", Create.of(patterns))
        .apply(kind + "Watch", FileIO.matchAll().continuously(interval, Watch.Growth.never(), true))
        .apply(
            kind + "Path",
            MapElements.into(TypeDescriptors.strings()).via(file -> file.resourceId().toString()));
  }

  /** Whether a file of this name is there when the stream starts: then it is no pattern. */
  private static boolean isNamedLikeAPattern(String path) {
    try {
      return StoredFile.isPattern(path) && new StoredFile(path).exists();
    } catch (IOException e) {
      return false; // A worker may list what this machine may not.
    }
  }

  private PCollectionTuple readOnce(PBegin begin) {
    return begin
        .apply("Paths", Create.of(paths))
        .apply("NewestInventory", MapElements.via(new NewestInventory()))
        .apply("Match", ParDo.of(new MatchFn()))
        .apply("SpreadMatches", Redistribute.arbitrarily())
        .apply("FindParts", ParDo.of(new FindPartsFn(format)))
        .apply("SpreadFiles", Redistribute.arbitrarily())
        .apply("SplitParts", ParDo.of(new SplitPartsFn()))
        .apply("SpreadParts", Redistribute.arbitrarily())
        .apply(
            "Parse",
            ParDo.of(new ParsePartFn(rules))
                .withOutputTags(EntryOutput.ENTRIES, EntryOutput.OTHERS));
  }

  /** Finds the files of a path, as {@link ManifestPaths#find} does. */
  private static class MatchFn extends DoFn<String, String> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void match(@Element String path, OutputReceiver<String> files) throws IOException {
      for (MatchResult.Metadata file : ManifestPaths.find(path)) {
        files.output(file.resourceId().toString());
      }
    }
  }
}
