package com.nomadicml.beam.manifest;

import com.google.api.services.bigquery.model.TableRow;
import com.google.common.base.Throwables;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.PartCount;
import java.util.List;
import java.util.Locale;
import javax.annotation.Nullable;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryIO;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryIO.TypedRead;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryIO.TypedRead.Method;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryServices;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryUtils;
import org.apache.beam.sdk.io.gcp.bigquery.SchemaAndRecord;
import org.apache.beam.sdk.io.gcp.bigquery.TableRowJsonCoder;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollectionTuple;

/**
 * Reads the rows of a BigQuery manifest as of one moment, its streams side by side. A row has no
 * place, so its line is 0.
 */
final class ReadBigQuery extends PTransform<PBegin, PCollectionTuple> {
  private final BigQueryManifest manifest;
  private final RowRules rules;
  @Nullable private final transient BigQueryServices services;

  ReadBigQuery(BigQueryManifest manifest, RowRules rules, @Nullable BigQueryServices services) {
    this.manifest = manifest;
    this.rules = rules;
    this.services = services;
  }

  @Override
  public void validate(@Nullable PipelineOptions options) {
    try {
      read().validate(options);
    } catch (RuntimeException e) {
      boolean refused =
          Throwables.getCausalChain(e).stream()
              .anyMatch(IllegalArgumentException.class::isInstance);
      if (!refused) {
        throw e;
      }
      throw new ManifestException(manifest.name() + ": " + refusal(e), e);
    }
  }

  /** What Beam says of it is for those who write pipelines. */
  private String refusal(RuntimeException e) {
    return manifest.query() == null
        ? "BigQuery knows no such table, or shows it to other credentials only"
        : "BigQuery refuses the query: "
            + String.valueOf(Throwables.getRootCause(e).getMessage()).replaceAll("\\s+", " ");
  }

  @Override
  public PCollectionTuple expand(PBegin begin) {
    return begin
        .apply("Rows", read().withoutValidation())
        .apply(
            "Parse",
            ParDo.of(new ParseRowFn(manifest.name(), rules))
                .withOutputTags(EntryOutput.ENTRIES, EntryOutput.OTHERS));
  }

  private TypedRead<TableRow> read() {
    TypedRead<TableRow> read =
        manifest
            .of(BigQueryIO.read(new CheckedRowFn(manifest.name(), rules)))
            .withCoder(TableRowJsonCoder.of())
            // Needs no bucket for an export, and no wait for one.
            .withMethod(Method.DIRECT_READ);
    return services == null ? read : read.withTestServices(services);
  }

  /** Names the columns once a table has none for a URI, instead of rejecting every row. */
  private record CheckedRowFn(String name, RowRules rules)
      implements SerializableFunction<SchemaAndRecord, TableRow> {
    @Override
    public TableRow apply(SchemaAndRecord row) {
      List<String> columns =
          row.getTableSchema().getFields().stream()
              .map(field -> field.getName().toLowerCase(Locale.ROOT))
              .toList();
      rules.requireUriWithin(columns, name);
      TableRow converted =
          BigQueryUtils.convertGenericRecordToTableRow(row.getRecord(), row.getTableSchema());
      for (String asked : rules.asked().keySet()) {
        // A column that is there and null is told from one that is not.
        if (columns.contains(asked) && !converted.containsKey(asked)) {
          converted.set(asked, "");
        }
      }
      return converted;
    }
  }

  private static class ParseRowFn extends DoFn<TableRow, ManifestEntry> {
    private static final long serialVersionUID = 1L;

    private final String name;
    private final RowRules rules;
    private transient NamesSeen names;
    private transient LineCounts counts;

    ParseRowFn(String name, RowRules rules) {
      this.name = name;
      this.rules = rules;
    }

    @StartBundle
    public void forget() {
      names = new NamesSeen(rules.asked().keySet());
      counts = LineCounts.of(rules, name);
    }

    @ProcessElement
    public void parse(@Element TableRow row, MultiOutputReceiver out) {
      EntryOutput rows =
          EntryOutput.of(name, rules, rules.expand(), names, counts, TaggedOutput.to(out));
      rows.columns(row.keySet().stream().map(NestedRows::name).toList());
      new NestedRows(rules, rows).read(row, 0, null);
    }

    @FinishBundle
    public void count(FinishBundleContext context) {
      for (PartCount count : counts.sums().list()) {
        context.output(
            EntryOutput.COUNTS, count, BoundedWindow.TIMESTAMP_MIN_VALUE, GlobalWindow.INSTANCE);
      }
    }
  }
}
