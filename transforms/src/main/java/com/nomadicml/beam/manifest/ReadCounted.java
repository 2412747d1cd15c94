package com.nomadicml.beam.manifest;

import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.annotation.Nullable;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryServices;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;

/** Reads manifests as {@link ReadManifests} describes, and says what has become of each line. */
final class ReadCounted extends PTransform<PBegin, PCollectionTuple> {
  private final ManifestSources sources;
  private final ManifestFormat format;
  private final RowRules rules;
  private final Selection selection;
  @Nullable private final WatchFiles.Settings watch;
  @Nullable private final transient BigQueryServices bigQuery;

  /**
   * @param watch how to look for files for ever, or null to look once
   * @param bigQuery null for the real BigQuery
   */
  ReadCounted(
      ManifestSources sources,
      ManifestFormat format,
      RowRules rules,
      Selection selection,
      @Nullable WatchFiles.Settings watch,
      @Nullable BigQueryServices bigQuery) {
    this.sources = sources;
    this.format = format;
    this.rules = rules;
    this.selection = selection;
    this.watch = watch;
    this.bigQuery = bigQuery;
  }

  @Override
  public PCollectionTuple expand(PBegin begin) {
    FileSystems.setDefaultPipelineOptions(begin.getPipeline().getOptions());
    List<PCollectionTuple> read = read(begin);
    PCollection<ManifestEntry> entries = all(read, EntryOutput.ENTRIES, "Entries");
    PCollection<Rejection> rejections = all(read, EntryOutput.REJECTIONS, "Rejections");
    List<PCollectionTuple> counted = new ArrayList<>(read);
    if (watch == null && rules.counted() && !rules.asked().isEmpty()) {
      PCollectionView<Set<String>> found =
          CheckColumns.found(all(read.subList(0, read.size() - 1), EntryOutput.NAMES, "Names"));
      entries = entries.apply("CheckEntries", new CheckColumns<>(rules.asked(), found));
      rejections = rejections.apply("CheckRejections", new CheckColumns<>(rules.asked(), found));
    }
    if (selection.since() != null) {
      PCollectionTuple changed =
          PCollectionTuple.of(LeaveUnchanged.NOW, entries)
              .and(LeaveUnchanged.THEN, begin.apply("ReadOlder", older()).output())
              .apply("LeaveUnchanged", new LeaveUnchanged());
      counted.add(changed);
      entries = changed.get(EntryOutput.ENTRIES);
    }
    PCollectionTuple selected = entries.apply("Select", new SelectEntries(selection));
    counted.add(selected);
    return PCollectionTuple.of(EntryOutput.ENTRIES, selected.get(EntryOutput.ENTRIES))
        .and(EntryOutput.REJECTIONS, rejections)
        .and(EntryOutput.COUNTS, all(counted, EntryOutput.COUNTS, "Counts"));
  }

  /** Each of the sources, and last what their wildcards stand for. */
  private List<PCollectionTuple> read(PBegin begin) {
    FileFaults faults = watch == null ? FileFaults.ofBatch() : FileFaults.ofStream(watch.sleeper());
    List<String> files = sources.files();
    List<PCollectionTuple> read = new ArrayList<>();
    if (!files.isEmpty()) {
      read.add(begin.apply("ReadFiles", new ReadFiles(files, format, rules, watch, faults)));
    }
    for (BigQueryManifest table : sources.tables()) {
      read.add(begin.apply("Read " + table.name(), new ReadBigQuery(table, rules, bigQuery)));
    }
    read.add(
        all(read, EntryOutput.WILDCARDS, "Wildcards")
            .apply("ExpandWildcards", new ExpandWildcards(rules, faults)));
    return read;
  }

  private static <T> PCollection<T> all(List<PCollectionTuple> read, TupleTag<T> tag, String name) {
    PCollectionList<T> parts = PCollectionList.empty(read.get(0).getPipeline());
    for (PCollectionTuple one : read) {
      parts = parts.and(one.get(tag));
    }
    return parts.apply(name, Flatten.pCollections());
  }

  /** Counts nothing and selects nothing. */
  private ReadManifests older() {
    return ReadManifests.of(ManifestSources.of(selection.since(), "--since"))
        .withFormat(format)
        .withBigQuery(bigQuery)
        .with(rules.uncounted());
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder
        .add(DisplayData.item("manifest", sources.names()))
        .add(DisplayData.item("format", format.name()));
  }
}
