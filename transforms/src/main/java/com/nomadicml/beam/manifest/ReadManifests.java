package com.nomadicml.beam.manifest;

import static java.util.stream.Collectors.joining;

import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.PartCount;
import com.nomadicml.beam.model.Rejection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.annotation.Nullable;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryServices;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.WithFailures;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;

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
  /** What {@link #withCounts} yields. */
  public static final TupleTag<ManifestEntry> ENTRIES = EntryOutput.ENTRIES;

  public static final TupleTag<Rejection> REJECTIONS = EntryOutput.REJECTIONS;

  /** Lines and entries by what has become of them here, by the names of {@link ManifestMetrics}. */
  public static final TupleTag<PartCount> COUNTS = EntryOutput.COUNTS;

  /** What a query is called where a manifest is named. */
  public static final String QUERY = BigQueryManifest.QUERY;

  private final String paths;
  private final List<BigQueryManifest> tables;
  private final ManifestFormat format;
  private final RowRules rules;
  private final Selection selection;

  /** Null to look once. */
  @Nullable private final Duration watchInterval;

  /** Null for the real BigQuery. */
  @Nullable private final transient BigQueryServices bigQuery;

  private ReadManifests(
      String paths,
      List<BigQueryManifest> tables,
      ManifestFormat format,
      RowRules rules,
      Selection selection,
      @Nullable Duration watchInterval,
      @Nullable BigQueryServices bigQuery) {
    this.paths = paths;
    this.tables = tables;
    this.format = format;
    this.rules = rules;
    this.selection = selection;
    this.watchInterval = watchInterval;
    this.bigQuery = bigQuery;
  }

  /**
   * Reads all files that match, and tables.
   *
   * @param paths comma-separated paths or globs: local, {@code gs://} or {@code s3://}; a folder of
   *     S3 Inventory reports ends in a slash, a table is {@code bigquery:project.dataset.table}
   */
  public static ReadManifests from(String paths) {
    return from(paths, "--manifest");
  }

  private static ReadManifests from(String paths, String option) {
    List<String> files = new ArrayList<>();
    List<BigQueryManifest> tables = new ArrayList<>();
    for (String path : ManifestPaths.split(paths)) {
      if (BigQueryManifest.isOne(path)) {
        tables.add(BigQueryManifest.table(path));
      } else {
        checkIsNoDirectory(path, option);
        files.add(path);
      }
    }
    if (files.isEmpty() && tables.isEmpty()) {
      throw new IllegalArgumentException(option + " names no file");
    }
    return of(paths, tables);
  }

  /**
   * Reads what a query of BigQuery yields.
   *
   * @param sql in standard SQL, its columns as those of a CSV file
   */
  public static ReadManifests fromQuery(String sql) {
    return of("", List.of(BigQueryManifest.query(sql)));
  }

  private static ReadManifests of(String paths, List<BigQueryManifest> tables) {
    return new ReadManifests(
        paths,
        tables,
        ManifestFormat.AUTO,
        RowRules.of(UriField.named(null)),
        Selection.ALL,
        null,
        null);
  }

  /** Beam would skip it in silence. */
  private static void checkIsNoDirectory(String path, String option) {
    if (!path.contains("://")
        && Files.isDirectory(Path.of(path))
        && !NewestInventory.isFolderOfReports(path)) {
      throw new IllegalArgumentException(
          option
              + "="
              + path
              + " is a directory: name its files, as in "
              + Path.of(path).resolve("*.csv"));
    }
  }

  /** Reads every file in this format, whatever its name. */
  public ReadManifests withFormat(ManifestFormat format) {
    return new ReadManifests(paths, tables, format, rules, selection, watchInterval, bigQuery);
  }

  /** Finds the URI in this column or property; null for the first usual one. */
  public ReadManifests withUriField(@Nullable String uriField) {
    return with(rules.withUriField(UriField.named(uriField)));
  }

  /** Takes other columns, or none, for what is looked for by name. */
  public ReadManifests withColumns(Columns columns) {
    return with(rules.withColumns(columns));
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

  /** Rejects a line whose scope is user. */
  public ReadManifests withOrgOnly(boolean orgOnly) {
    return with(rules.withOrgOnly(orgOnly));
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
    return with(selection.withSince(older)).with(older == null ? rules : rules.withVersions());
  }

  /** Keeps at most so many entries, the first ones; 0 for all. */
  public ReadManifests withLimit(int entries) {
    return with(selection.withLimit(entries));
  }

  /**
   * Looks for files again and again, for ever: each that is new, and each that was written again
   * since, is read. One that can't be read is a rejection, not the end. Not for tables.
   */
  public ReadManifests withWatch(Duration interval) {
    if (!tables.isEmpty()) {
      throw new IllegalArgumentException("a table of BigQuery can't be watched: name files");
    }
    return new ReadManifests(paths, tables, format, rules, selection, interval, bigQuery);
  }

  private ReadManifests with(RowRules otherRules) {
    return new ReadManifests(paths, tables, format, otherRules, selection, watchInterval, bigQuery);
  }

  private ReadManifests with(Selection otherSelection) {
    return new ReadManifests(paths, tables, format, rules, otherSelection, watchInterval, bigQuery);
  }

  /** Reads tables through these services. */
  ReadManifests withBigQuery(@Nullable BigQueryServices services) {
    return new ReadManifests(paths, tables, format, rules, selection, watchInterval, services);
  }

  @Override
  public WithFailures.Result<PCollection<ManifestEntry>, Rejection> expand(PBegin begin) {
    PCollectionTuple read = read(begin);
    return WithFailures.Result.of(read.get(ENTRIES), read.get(REJECTIONS));
  }

  /** The same, with {@link #COUNTS} beside {@link #ENTRIES} and {@link #REJECTIONS}. */
  public PTransform<PBegin, PCollectionTuple> withCounts() {
    return new Counted(this);
  }

  private static final class Counted extends PTransform<PBegin, PCollectionTuple> {
    private final ReadManifests manifests;

    Counted(ReadManifests manifests) {
      this.manifests = manifests;
    }

    @Override
    public PCollectionTuple expand(PBegin begin) {
      return manifests.read(begin);
    }

    @Override
    public void populateDisplayData(DisplayData.Builder builder) {
      manifests.populateDisplayData(builder);
    }
  }

  private PCollectionTuple read(PBegin begin) {
    FileSystems.setDefaultPipelineOptions(begin.getPipeline().getOptions());
    List<String> files = files();
    List<PCollectionTuple> read = new ArrayList<>();
    if (!files.isEmpty()) {
      read.add(begin.apply("ReadFiles", new ReadFiles(files, format, rules, watchInterval)));
    }
    for (BigQueryManifest table : tables) {
      read.add(begin.apply("Read " + table.name(), new ReadBigQuery(table, rules, bigQuery)));
    }
    PCollectionTuple listed =
        all(read, EntryOutput.WILDCARDS, "Wildcards")
            .apply("ExpandWildcards", new ExpandWildcards(rules));
    read.add(listed);
    PCollection<ManifestEntry> entries = all(read, ENTRIES, "Entries");
    PCollection<Rejection> rejections = all(read, REJECTIONS, "Rejections");
    List<PCollectionTuple> counted = new ArrayList<>(read);
    if (watchInterval == null && rules.counted() && !rules.asked().isEmpty()) {
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
      entries = changed.get(ENTRIES);
    }
    PCollectionTuple selected = entries.apply("Select", new SelectEntries(selection));
    counted.add(selected);
    return PCollectionTuple.of(ENTRIES, selected.get(ENTRIES))
        .and(REJECTIONS, rejections)
        .and(COUNTS, all(counted, COUNTS, "Counts"));
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
    return from(selection.since(), "--since")
        .withFormat(format)
        .withBigQuery(bigQuery)
        .with(rules.uncounted());
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder
        .add(DisplayData.item("manifest", names()))
        .add(DisplayData.item("format", format.name()));
  }

  private List<String> files() {
    return ManifestPaths.split(paths).stream()
        .filter(path -> !BigQueryManifest.isOne(path))
        .toList();
  }

  private String names() {
    return Stream.concat(files().stream(), tables.stream().map(BigQueryManifest::name))
        .collect(joining(","));
  }
}
