package com.nomadicml.beam.manifest;

import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.RejectedException;
import com.nomadicml.beam.model.Rejection;
import com.nomadicml.beam.model.RejectionCode;
import com.nomadicml.beam.model.VisibleText;
import org.apache.beam.sdk.transforms.DoFn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a manifest that has appeared or changed. One that can't be read is rejected as a whole: a
 * stream goes on, and reads it again when it is mended.
 */
final class ReadWatchedFn extends DoFn<String, ManifestEntry> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(ReadWatchedFn.class);

  private final FindPartsFn find;
  private final ParsePartFn parse;
  private final RowRules rules;

  ReadWatchedFn(ManifestFormat format, RowRules rules) {
    this.find = new FindPartsFn(format);
    this.parse = new ParsePartFn(rules);
    this.rules = rules;
  }

  @ProcessElement
  public void read(@Element String path, MultiOutputReceiver out) {
    try {
      for (ManifestPart whole : find.of(path)) {
        for (ManifestPart part : SplitPartsFn.split(whole)) {
          parse.parse(part, out);
        }
      }
    } catch (ManifestException e) {
      LOG.warn("{}", VisibleText.of(e.getMessage()));
      LineCounts counts = LineCounts.of(rules, path);
      counts.read();
      counts.rejected();
      out.get(EntryOutput.REJECTIONS)
          .output(
              Rejection.of(
                  path,
                  0,
                  path,
                  new RejectedException(RejectionCode.UNREADABLE_MANIFEST, e.getMessage())));
    }
  }
}
