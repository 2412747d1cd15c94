package com.nomadicml.beam.manifest;

import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.PartCount;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import javax.annotation.Nullable;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.Row;

/**
 * Makes entries of a pipeline's rows, by the rules that hold for the lines of a manifest. Takes
 * rows in the global window; yields the entries, rejections and counts that {@link
 * ReadManifests#withCounts} yields, under its tags.
 *
 * <p>A row that has the fields {@code manifest} and {@code line}, as the rows of {@link EntryRows}
 * do, stands on that line of that manifest. Others stand on line 0 of the name that is given.
 */
public final class ParseRows extends PTransform<PCollection<Row>, PCollectionTuple> {
  private final String name;
  private final RowRules rules;

  private ParseRows(String name, RowRules rules) {
    this.name = name;
    this.rules = rules;
  }

  /**
   * @param name what stands for the manifest's name in the status tables
   */
  public static ParseRows of(String name) {
    return new ParseRows(name, RowRules.of(UriField.named(null)));
  }

  /** Finds the URI in this field; null for the first usual one. */
  public ParseRows withUriField(@Nullable String uriField) {
    return new ParseRows(name, rules.withUriField(UriField.named(uriField)));
  }

  /** Takes other fields, or none, for what is looked for by name. */
  public ParseRows withColumns(Columns columns) {
    return new ParseRows(name, rules.withColumns(columns));
  }

  /** Passes these fields through to {@link ManifestEntry#getLabels}. */
  public ParseRows withLabels(List<String> names) {
    return new ParseRows(name, rules.withLabels(names.stream().map(NestedRows::name).toList()));
  }

  /**
   * @throws ManifestException when no field of the rows can hold a URI, or one that was asked for
   *     is not there, with those that there are
   */
  @Override
  public PCollectionTuple expand(PCollection<Row> rows) {
    List<String> fields = rows.getSchema().getFieldNames().stream().map(NestedRows::name).toList();
    rules.requireUriWithin(fields, "the input rows");
    CheckColumns.check(rules.asked(), new TreeSet<>(fields));
    return rows.apply(
        "ParseRow",
        ParDo.of(new ParseFn(name, rules)).withOutputTags(EntryOutput.ENTRIES, EntryOutput.OTHERS));
  }

  private static final class ParseFn extends DoFn<Row, ManifestEntry> {
    private static final long serialVersionUID = 1L;

    private final String name;
    private final RowRules rules;
    private transient NamesSeen names;
    private transient LineCounts counts;

    ParseFn(String name, RowRules rules) {
      this.name = name;
      this.rules = rules;
    }

    @StartBundle
    public void start() {
      names = new NamesSeen(List.of());
      counts = LineCounts.of(rules, name);
    }

    @ProcessElement
    public void parse(@Element Row row, MultiOutputReceiver out) {
      Map<String, Object> record = record(row);
      EntryOutput entries =
          EntryOutput.of(manifest(record), rules, false, names, counts, TaggedOutput.to(out));
      new NestedRows(rules, entries).read(record, line(record), null);
    }

    @FinishBundle
    public void count(FinishBundleContext context) {
      for (PartCount count : counts.sums().list()) {
        context.output(
            EntryOutput.COUNTS, count, BoundedWindow.TIMESTAMP_MIN_VALUE, GlobalWindow.INSTANCE);
      }
    }

    private String manifest(Map<String, Object> record) {
      Object manifest = record.get(EntryRows.MANIFEST);
      return manifest instanceof CharSequence text && !text.isEmpty() ? text.toString() : name;
    }

    private static long line(Map<String, Object> record) {
      return record.get(EntryRows.LINE) instanceof Number line ? Math.max(0, line.longValue()) : 0;
    }
  }

  private static Map<String, Object> record(Row row) {
    Map<String, Object> record = new LinkedHashMap<>();
    for (int i = 0; i < row.getFieldCount(); i++) {
      record.put(row.getSchema().getField(i).getName(), value(row.getValue(i)));
    }
    return record;
  }

  /** A value as JSON has it. */
  @Nullable
  private static Object value(@Nullable Object value) {
    if (value instanceof Row row) {
      return record(row);
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> record = new LinkedHashMap<>();
      map.forEach((key, each) -> record.put(String.valueOf(key), value(each)));
      return record;
    }
    if (value instanceof Iterable<?> values) {
      List<Object> list = new ArrayList<>();
      values.forEach(each -> list.add(value(each)));
      return list;
    }
    boolean isPlain =
        value instanceof CharSequence || value instanceof Number || value instanceof Boolean;
    return value == null || isPlain ? value : value.toString();
  }
}
