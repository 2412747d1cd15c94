package com.nomadicml.beam.manifest;

import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.RejectedException;
import com.nomadicml.beam.model.Rejection;
import com.nomadicml.beam.model.RejectionCode;
import java.util.ArrayList;
import java.util.List;

/** What becomes of a message's records, mapped as the pipeline maps them. */
final class MessageOutcomes implements RowSink {
  final List<ManifestEntry> entries = new ArrayList<>();
  final List<Rejection> rejections = new ArrayList<>();
  final List<SkipReason> skips = new ArrayList<>();
  int blank;
  private final EntryMapper mapper;

  private MessageOutcomes(String source) {
    mapper = new EntryMapper(source, RowRules.of(UriField.named(null)));
  }

  static MessageOutcomes of(SourceMessage message) {
    MessageOutcomes outcomes = new MessageOutcomes(message.getSource());
    MessageParser.parse(message, RowRules.of(UriField.named(null)), outcomes);
    return outcomes;
  }

  static MessageOutcomes of(String body) {
    return of(Messages.plain(body));
  }

  int count() {
    return entries.size() + rejections.size() + skips.size() + blank;
  }

  List<String> uris() {
    return entries.stream().map(ManifestEntry::getSourceUri).toList();
  }

  /** {@code <code>: <message>} of each rejection. */
  List<String> reasons() {
    return rejections.stream().map(r -> r.getCode() + ": " + r.getMessage()).toList();
  }

  @Override
  public void row(ManifestRow row) {
    try {
      entries.add(mapper.map(row));
    } catch (RejectedException e) {
      rejections.add(Rejection.of("m", row.line(), row.raw(), e));
    }
  }

  @Override
  public void blank() {
    blank++;
  }

  @Override
  public void skipped(SkipReason reason) {
    skips.add(reason);
  }

  @Override
  public void unreadable(long line, String raw, String reason) {
    rejections.add(
        Rejection.of("m", line, raw, new RejectedException(RejectionCode.UNREADABLE_LINE, reason)));
  }
}
