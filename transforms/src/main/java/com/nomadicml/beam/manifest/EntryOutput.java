package com.nomadicml.beam.manifest;

import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.PartCount;
import com.nomadicml.beam.model.RejectedException;
import com.nomadicml.beam.model.Rejection;
import com.nomadicml.beam.model.RejectionCode;
import java.util.Collection;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;

/**
 * Sends each line to where it belongs, and counts it; wildcards are counted where they are listed.
 *
 * @param expand whether a wildcard is listed instead of rejected
 */
record EntryOutput(
    String path,
    EntryMapper mapper,
    boolean expand,
    NamesSeen names,
    LineCounts counts,
    TaggedOutput out)
    implements RowSink {
  static final TupleTag<ManifestEntry> ENTRIES = new TupleTag<>() {};
  static final TupleTag<Rejection> REJECTIONS = new TupleTag<>() {};
  static final TupleTag<WildcardLine> WILDCARDS = new TupleTag<>() {};

  /** Names of columns and properties, as far as {@link NamesSeen} has them told. */
  static final TupleTag<String> NAMES = new TupleTag<>() {};

  static final TupleTag<PartCount> COUNTS = new TupleTag<>() {};

  /** All tags but the main one, {@link #ENTRIES}. */
  static final TupleTagList OTHERS =
      TupleTagList.of(REJECTIONS).and(WILDCARDS).and(NAMES).and(COUNTS);

  /** The output for the lines of {@code path}, of which {@code part} is read. */
  static EntryOutput of(
      String path, String part, RowRules rules, boolean expand, TaggedOutput out) {
    NamesSeen names = new NamesSeen(rules.asked().keySet());
    return of(path, rules, expand, names, LineCounts.of(rules, part), out);
  }

  /**
   * The same, for lines that come one by one: {@code names} and {@code counts} are those of the
   * earlier ones.
   */
  static EntryOutput of(
      String path,
      RowRules rules,
      boolean expand,
      NamesSeen names,
      LineCounts counts,
      TaggedOutput out) {
    EntryMapper mapper = new EntryMapper(path, rules, counts);
    return new EntryOutput(path, mapper, expand, names, counts, out);
  }

  /** Hands on what was counted, once all is read. */
  void emitCounts() {
    counts.sums().list().forEach(count -> out.emit(COUNTS, count));
  }

  @Override
  public void columns(Collection<String> found) {
    names.newOf(found).forEach(name -> out.emit(NAMES, name));
  }

  @Override
  public void row(ManifestRow row) {
    columns(row.fields().keySet());
    columns(row.nested().keySet());
    try {
      out.emit(ENTRIES, mapper.map(row));
      counts.read();
    } catch (RejectedException e) {
      if (e.code() != RejectionCode.WILDCARD || !expand || !expands(row)) {
        reject(row.line(), row.raw(), e);
      }
    }
  }

  /** Hands a wildcard on to be listed; false when the row is none of a single video. */
  private boolean expands(ManifestRow row) {
    try {
      ManifestEntry pattern = mapper.mapUnread(row);
      if (pattern != null) {
        out.emit(WILDCARDS, WildcardLine.of(pattern, row.raw()));
      }
      return pattern != null;
    } catch (RejectedException e) {
      return false;
    }
  }

  @Override
  public void blank() {
    counts.read();
    counts.blank();
  }

  @Override
  public void skipped(SkipReason reason) {
    counts.read();
    counts.skipped(reason);
  }

  @Override
  public void unreadable(long line, String raw, String reason) {
    reject(line, raw, new RejectedException(RejectionCode.UNREADABLE_LINE, reason));
  }

  private void reject(long line, String raw, RejectedException cause) {
    counts.read();
    counts.rejected();
    out.emit(REJECTIONS, Rejection.of(path, line, raw, cause));
  }
}
