package com.nomadicml.beam.manifest;

import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.RejectedException;
import com.nomadicml.beam.model.Rejection;
import com.nomadicml.beam.model.RejectionCode;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.TupleTag;

/** Sends each line to where it belongs, and counts it. */
record EntryOutput(String path, EntryMapper mapper, LineCounts counts, DoFn.MultiOutputReceiver out)
    implements RowSink {
  static final TupleTag<ManifestEntry> ENTRIES = new TupleTag<>() {};
  static final TupleTag<Rejection> REJECTIONS = new TupleTag<>() {};

  @Override
  public void row(ManifestRow row) {
    try {
      out.get(ENTRIES).output(mapper.map(row));
      counts.read();
    } catch (RejectedException e) {
      reject(row.line(), row.raw(), e);
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
