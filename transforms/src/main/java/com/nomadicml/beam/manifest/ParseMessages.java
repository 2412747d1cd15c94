package com.nomadicml.beam.manifest;

import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.Rejection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.annotation.Nullable;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithFailures;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;

/**
 * Makes entries of messages: of events that tell of new objects, and of messages that carry a line
 * of a manifest. What tells of no new video is counted by {@link SkipReason}; what can't be
 * understood is a {@link Rejection}, and stops nothing. An entry's manifest is its source, its line
 * 0.
 */
public final class ParseMessages
    extends PTransform<
        PCollection<SourceMessage>, WithFailures.Result<PCollection<ManifestEntry>, Rejection>> {
  private final RowRules rules;
  private final Selection selection;

  private ParseMessages(RowRules rules, Selection selection) {
    this.rules = rules;
    this.selection = selection;
  }

  public static ParseMessages create() {
    return new ParseMessages(RowRules.of(UriField.named(null)), Selection.ALL);
  }

  /** Finds the URI in this property of a plain message; null for the first usual one. */
  public ParseMessages withUriField(@Nullable String uriField) {
    return new ParseMessages(rules.withUriField(UriField.named(uriField)), selection);
  }

  /** Takes other columns, or none, for what is looked for by name. */
  public ParseMessages withColumns(Columns columns) {
    return new ParseMessages(rules.withColumns(columns), selection);
  }

  /** Passes these properties of plain messages through to {@link ManifestEntry#getLabels}. */
  public ParseMessages withLabels(List<String> names) {
    List<String> labels = names.stream().map(n -> n.strip().toLowerCase(Locale.ROOT)).toList();
    return new ParseMessages(rules.withLabels(labels), selection);
  }

  /** As {@link ReadManifests#withOrgOnly}. */
  public ParseMessages withOrgOnly(boolean orgOnly) {
    return new ParseMessages(rules.withOrgOnly(orgOnly), selection);
  }

  /** Leaves out entries whose URI {@code include} does not find, or {@code exclude} does. */
  public ParseMessages withFilter(@Nullable Pattern include, @Nullable Pattern exclude) {
    return new ParseMessages(rules, selection.withFilter(include, exclude));
  }

  @Override
  public WithFailures.Result<PCollection<ManifestEntry>, Rejection> expand(
      PCollection<SourceMessage> messages) {
    PCollectionTuple parsed =
        messages.apply(
            "Parse",
            ParDo.of(new ParseFn(rules)).withOutputTags(EntryOutput.ENTRIES, EntryOutput.OTHERS));
    return WithFailures.Result.of(
        parsed
            .get(EntryOutput.ENTRIES)
            .apply("Select", new SelectEntries(selection))
            .get(EntryOutput.ENTRIES),
        parsed.get(EntryOutput.REJECTIONS));
  }

  /** What a message comes to; one that breaks the parser is rejected as a whole. */
  static BufferedOutput parse(SourceMessage message, RowRules rules) {
    String source = message.getSource();
    BufferedOutput parsed = new BufferedOutput();
    EntryOutput records = EntryOutput.of(source, source, rules, false, parsed);
    try {
      MessageParser.parse(message, rules, records);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError | LinkageError e) {
      parsed.clear();
      records.unreadable(0, message.getBody(), ManifestException.of("the message", e).getMessage());
    }
    return parsed;
  }

  private static class ParseFn extends DoFn<SourceMessage, ManifestEntry> {
    private static final long serialVersionUID = 1L;

    private final RowRules rules;

    ParseFn(RowRules rules) {
      this.rules = rules;
    }

    @ProcessElement
    public void parse(@Element SourceMessage message, MultiOutputReceiver out) {
      ParseMessages.parse(message, rules).to(out);
    }
  }
}
