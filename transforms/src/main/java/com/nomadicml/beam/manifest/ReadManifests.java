package com.nomadicml.beam.manifest;

import com.nomadicml.beam.api.Sleeper;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.PartCount;
import com.nomadicml.beam.model.Rejection;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.annotation.Nullable;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryServices;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.WithFailures;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
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

  private final ManifestSources sources;
  private final ManifestFormat format;
  private final RowRules rules;
  private final Selection selection;

  /** Null to look once. */
  @Nullable private final WatchFiles.Settings watch;

  /** Null for the real BigQuery. */
  @Nullable private final transient BigQueryServices bigQuery;

  private ReadManifests(
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

  /**
   * Reads all files that match, and tables.
   *
   * @param paths comma-separated paths or globs: local, {@code gs://} or {@code s3://}; a folder of
   *     S3 Inventory reports ends in a slash, a table is {@code bigquery:project.dataset.table}
   */
  public static ReadManifests from(String paths) {
    return of(ManifestSources.of(paths, "--manifest"));
  }

  /**
   * Reads what a query of BigQuery yields.
   *
   * @param sql in standard SQL, its columns as those of a CSV file
   */
  public static ReadManifests fromQuery(String sql) {
    return of(ManifestSources.ofQuery(sql));
  }

  static ReadManifests of(ManifestSources sources) {
    return new ReadManifests(
        sources, ManifestFormat.AUTO, RowRules.of(UriField.named(null)), Selection.ALL, null, null);
  }

  /** Reads every file in this format, whatever its name. */
  public ReadManifests withFormat(ManifestFormat format) {
    return new ReadManifests(sources, format, rules, selection, watch, bigQuery);
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
    return withWatch(interval, Sleeper.real());
  }

  /**
   * @param sleeper lets time pass before a store is asked again
   */
  ReadManifests withWatch(Duration interval, Sleeper sleeper) {
    if (!sources.tables().isEmpty()) {
      throw new IllegalArgumentException("a table of BigQuery can't be watched: name files");
    }
    return new ReadManifests(
        sources, format, rules, selection, new WatchFiles.Settings(interval, sleeper), bigQuery);
  }

  ReadManifests with(RowRules otherRules) {
    return new ReadManifests(sources, format, otherRules, selection, watch, bigQuery);
  }

  private ReadManifests with(Selection otherSelection) {
    return new ReadManifests(sources, format, rules, otherSelection, watch, bigQuery);
  }

  /** Reads tables through these services. */
  ReadManifests withBigQuery(@Nullable BigQueryServices services) {
    return new ReadManifests(sources, format, rules, selection, watch, services);
  }

  @Override
  public WithFailures.Result<PCollection<ManifestEntry>, Rejection> expand(PBegin begin) {
    PCollectionTuple read = counted().expand(begin);
    return WithFailures.Result.of(read.get(ENTRIES), read.get(REJECTIONS));
  }

  /** The same, with {@link #COUNTS} beside {@link #ENTRIES} and {@link #REJECTIONS}. */
  public PTransform<PBegin, PCollectionTuple> withCounts() {
    return counted();
  }

  private ReadCounted counted() {
    return new ReadCounted(sources, format, rules, selection, watch, bigQuery);
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    counted().populateDisplayData(builder);
  }
}
