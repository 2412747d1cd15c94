package com.nomadicml.beam.manifest;

import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.RejectedException;
import com.nomadicml.beam.model.Rejection;
import com.nomadicml.beam.model.RejectionCode;
import org.apache.beam.sdk.transforms.DoFn;
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
    LineCounts counts,
    DoFn.MultiOutputReceiver out)
    implements RowSink {
  static final TupleTag<ManifestEntry> ENTRIES = new TupleTag<>() {};
  static final TupleTag<Rejection> REJECTIONS = new TupleTag<>() {};
  static final TupleTag<WildcardLine> WILDCARDS = new TupleTag<>() {};

  /** All tags but the main one, {@link #ENTRIES}. */
  static final TupleTagList OTHERS = TupleTagList.of(REJECTIONS).and(WILDCARDS);

  /** The output for the lines of {@code path}. */
  static EntryOutput of(String path, RowRules rules, boolean expand, DoFn.MultiOutputReceiver out) {
    return new EntryOutput(path, new EntryMapper(path, rules), expand, LineCounts.of(rules), out);
  }

  @Override
  public void row(ManifestRow row) {
    try {
      out.get(ENTRIES).output(mapper.map(row));
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
        out.get(WILDCARDS).output(WildcardLine.of(pattern, row.raw()));
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
    out.get(REJECTIONS).output(Rejection.of(path, line, raw, cause));
  }
}
