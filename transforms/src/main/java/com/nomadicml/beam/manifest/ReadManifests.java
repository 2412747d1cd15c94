package com.nomadicml.beam.manifest;

import com.google.common.base.Splitter;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.Rejection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.annotation.Nullable;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Redistribute;
import org.apache.beam.sdk.transforms.WithFailures;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTagList;

/**
 * Reads manifests of video URIs. Yields an entry for each good line, and as failures a {@link
 * Rejection} for each bad one; blank lines and comments are counted.
 *
 * <pre>{@code
 * WithFailures.Result<PCollection<ManifestEntry>, Rejection> lines =
 *     pipeline.apply(ReadManifests.from("gs://fleet/manifests/*.csv.gz"));
 * }</pre>
 *
 * <p>A manifest that can't be read as a whole fails the pipeline with a {@link ManifestException}.
 */
public final class ReadManifests
    extends PTransform<PBegin, WithFailures.Result<PCollection<ManifestEntry>, Rejection>> {
  private final List<String> paths;
  private final ManifestFormat format;
  private final RowRules rules;
  private final Selection selection;

  private ReadManifests(
      List<String> paths, ManifestFormat format, RowRules rules, Selection selection) {
    this.paths = paths;
    this.format = format;
    this.rules = rules;
    this.selection = selection;
  }

  /**
   * Reads all files that match.
   *
   * @param paths comma-separated paths or globs: local, {@code gs://} or {@code s3://}; a folder of
   *     S3 Inventory reports ends in a slash
   */
  public static ReadManifests from(String paths) {
    List<String> split = Splitter.on(',').trimResults().omitEmptyStrings().splitToList(paths);
    if (split.isEmpty()) {
      throw new IllegalArgumentException("--manifest names no file");
    }
    split.forEach(ReadManifests::checkIsNoDirectory);
    return new ReadManifests(
        split, ManifestFormat.AUTO, RowRules.of(UriField.named(null)), Selection.ALL);
  }

  /** Beam would skip it in silence. */
  private static void checkIsNoDirectory(String path) {
    if (!path.contains("://") && Files.isDirectory(Path.of(path))) {
      throw new IllegalArgumentException(
          "--manifest=" + path + " is a directory: name its files, as in " + path + "/*.csv");
    }
  }

  /** Reads every file in this format, whatever its name. */
  public ReadManifests withFormat(ManifestFormat format) {
    return new ReadManifests(paths, format, rules, selection);
  }

  /** Finds the URI in this column or property; null for the first usual one. */
  public ReadManifests withUriField(@Nullable String uriField) {
    return with(rules.withUriField(UriField.named(uriField)));
  }

  /** Passes these columns or properties through to {@link ManifestEntry#getLabels}. */
  public ReadManifests withLabels(List<String> names) {
    return with(
        rules.withLabels(
            names.stream().map(name -> name.strip().toLowerCase(Locale.ROOT)).toList()));
  }

  /** Lists a line with a wildcard into its objects, instead of rejecting it. */
  public ReadManifests withExpand(boolean expand) {
    return with(rules.withExpand(expand));
  }

  /** Leaves out entries whose URI {@code include} does not find, or {@code exclude} does. */
  public ReadManifests withFilter(@Nullable Pattern include, @Nullable Pattern exclude) {
    return with(selection.withFilter(include, exclude));
  }

  /**
   * Leaves out entries that stand in an older manifest with the same etag, or size and time.
   *
   * @param older paths as in {@link #from}, or null
   */
  public ReadManifests withSince(@Nullable String older) {
    return with(selection.withSince(older));
  }

  /** Keeps at most so many entries, the first ones; 0 for all. */
  public ReadManifests withLimit(int entries) {
    return with(selection.withLimit(entries));
  }

  private ReadManifests with(RowRules otherRules) {
    return new ReadManifests(paths, format, otherRules, selection);
  }

  private ReadManifests with(Selection otherSelection) {
    return new ReadManifests(paths, format, rules, otherSelection);
  }

  @Override
  public WithFailures.Result<PCollection<ManifestEntry>, Rejection> expand(PBegin begin) {
    PCollectionTuple lines =
        begin
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
                    .withOutputTags(
                        EntryOutput.ENTRIES,
                        TupleTagList.of(EntryOutput.REJECTIONS).and(EntryOutput.WILDCARDS)));
    PCollectionTuple listed =
        lines.get(EntryOutput.WILDCARDS).apply("ExpandWildcards", new ExpandWildcards(rules));
    PCollection<ManifestEntry> entries =
        PCollectionList.of(lines.get(EntryOutput.ENTRIES))
            .and(listed.get(EntryOutput.ENTRIES))
            .apply("Entries", Flatten.pCollections());
    PCollection<Rejection> rejections =
        PCollectionList.of(lines.get(EntryOutput.REJECTIONS))
            .and(listed.get(EntryOutput.REJECTIONS))
            .apply("Rejections", Flatten.pCollections());
    if (selection.since() != null) {
      entries =
          PCollectionTuple.of(LeaveUnchanged.NOW, entries)
              .and(LeaveUnchanged.THEN, begin.apply("ReadOlder", older()).output())
              .apply("LeaveUnchanged", new LeaveUnchanged());
    }
    return WithFailures.Result.of(
        entries.apply("Select", new SelectEntries(selection)), rejections);
  }

  /** Counts nothing and selects nothing. */
  private ReadManifests older() {
    return from(selection.since()).withFormat(format).with(rules.uncounted());
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder
        .add(DisplayData.item("manifest", String.join(",", paths)))
        .add(DisplayData.item("format", format.name()));
  }
}
