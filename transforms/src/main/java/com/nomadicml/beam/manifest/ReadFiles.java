package com.nomadicml.beam.manifest;

import java.io.IOException;
import java.util.List;
import javax.annotation.Nullable;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Redistribute;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTagList;

/** Reads the manifests that are files, each in as many parts as its format allows. */
final class ReadFiles extends PTransform<PBegin, PCollectionTuple> {
  private final List<String> paths;
  private final ManifestFormat format;
  private final RowRules rules;
  @Nullable private final WatchFiles.Settings watch;
  private final FileFaults faults;

  /**
   * @param watch how to look for files for ever, or null to look once
   */
  ReadFiles(
      List<String> paths,
      ManifestFormat format,
      RowRules rules,
      @Nullable WatchFiles.Settings watch,
      FileFaults faults) {
    this.paths = paths;
    this.format = format;
    this.rules = rules;
    this.watch = watch;
    this.faults = faults;
  }

  @Override
  public PCollectionTuple expand(PBegin begin) {
    FileSystems.setDefaultPipelineOptions(begin.getPipeline().getOptions());
    paths.forEach(ReadFiles::checkScheme);
    return read(
        watch == null
            ? match(begin)
            : begin.apply("Watch", new WatchFiles(paths, watch.interval())));
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

  private PCollection<String> match(PBegin begin) {
    return begin
        .apply("Paths", Create.of(paths))
        .apply("NewestInventory", MapElements.via(new NewestInventory()))
        .apply("Match", ParDo.of(new MatchFn()));
  }

  private PCollectionTuple read(PCollection<String> files) {
    TupleTagList rejections = TupleTagList.of(EntryOutput.REJECTIONS);
    PCollectionTuple found =
        files
            .apply("SpreadMatches", Redistribute.arbitrarily())
            .apply(
                "FindParts",
                ParDo.of(new FindPartsFn(format, rules, faults))
                    .withOutputTags(FindPartsFn.PARTS, rejections));
    PCollectionTuple split =
        found
            .get(FindPartsFn.PARTS)
            .apply("SpreadFiles", Redistribute.arbitrarily())
            .apply(
                "SplitParts",
                ParDo.of(new SplitPartsFn(rules, faults))
                    .withOutputTags(FindPartsFn.PARTS, rejections));
    PCollectionTuple parsed =
        split
            .get(FindPartsFn.PARTS)
            .apply("SpreadParts", Redistribute.arbitrarily())
            .apply(
                "Parse",
                ParDo.of(
                        faults.isOfStream()
                            ? new ParsePiecesFn(rules, faults)
                            : new ParsePartFn(rules))
                    .withOutputTags(EntryOutput.ENTRIES, EntryOutput.OTHERS));
    return faults.isOfStream() ? withRejected(parsed, found, split) : parsed;
  }

  /** The same with the files that were rejected before they were parsed. */
  private static PCollectionTuple withRejected(
      PCollectionTuple parsed, PCollectionTuple found, PCollectionTuple split) {
    return PCollectionTuple.of(EntryOutput.ENTRIES, parsed.get(EntryOutput.ENTRIES))
        .and(
            EntryOutput.REJECTIONS,
            PCollectionList.of(found.get(EntryOutput.REJECTIONS))
                .and(split.get(EntryOutput.REJECTIONS))
                .and(parsed.get(EntryOutput.REJECTIONS))
                .apply("Rejected", Flatten.pCollections()))
        .and(EntryOutput.WILDCARDS, parsed.get(EntryOutput.WILDCARDS))
        .and(EntryOutput.NAMES, parsed.get(EntryOutput.NAMES))
        .and(EntryOutput.COUNTS, parsed.get(EntryOutput.COUNTS));
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
