package com.nomadicml.beam.manifest;

import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.Rejection;
import java.util.List;
import java.util.regex.Pattern;
import javax.annotation.Nullable;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.WithFailures;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

/**
 * Reads new videos from a queue or subscription, without end. Yields what {@link ParseMessages}
 * makes of each message.
 *
 * <pre>{@code
 * WithFailures.Result<PCollection<ManifestEntry>, Rejection> videos =
 *     pipeline.apply(ReadMessages.from("pubsub:projects/fleet/subscriptions/videos"));
 * }</pre>
 *
 * <p>A message is acknowledged when the runner has committed what was made of it, so that it may
 * come more than once, but is never lost.
 */
public final class ReadMessages
    extends PTransform<PBegin, WithFailures.Result<PCollection<ManifestEntry>, Rejection>> {
  private final String source;
  private final PTransform<PBegin, PCollection<SourceMessage>> read;
  private final ParseMessages parse;

  private ReadMessages(
      String source, PTransform<PBegin, PCollection<SourceMessage>> read, ParseMessages parse) {
    this.source = source;
    this.read = read;
    this.parse = parse;
  }

  /**
   * Reads a source.
   *
   * @param source {@code pubsub:projects/PROJECT/subscriptions/SUBSCRIPTION}, or {@code sqs:} and
   *     the URL of a queue
   * @throws IllegalArgumentException when it is neither
   */
  public static ReadMessages from(String source) {
    PTransform<PBegin, PCollection<SourceMessage>> read;
    if (ReadSqs.isOne(source)) {
      read = ReadSqs.from(source);
    } else if (ReadPubsub.isOne(source)) {
      read = ReadPubsub.from(source);
    } else {
      throw new IllegalArgumentException(
          "--source="
              + source
              + " names no source: it takes "
              + ReadPubsub.FORM
              + " or "
              + ReadSqs.FORM);
    }
    return new ReadMessages(source, read, ParseMessages.create());
  }

  /** As {@link ParseMessages#withUriField}. */
  public ReadMessages withUriField(@Nullable String uriField) {
    return new ReadMessages(source, read, parse.withUriField(uriField));
  }

  /** As {@link ParseMessages#withColumns}. */
  public ReadMessages withColumns(Columns columns) {
    return new ReadMessages(source, read, parse.withColumns(columns));
  }

  /** As {@link ParseMessages#withLabels}. */
  public ReadMessages withLabels(List<String> names) {
    return new ReadMessages(source, read, parse.withLabels(names));
  }

  /** As {@link ReadManifests#withOrgOnly}. */
  public ReadMessages withOrgOnly(boolean orgOnly) {
    return new ReadMessages(source, read, parse.withOrgOnly(orgOnly));
  }

  /** As {@link ParseMessages#withFilter}. */
  public ReadMessages withFilter(@Nullable Pattern include, @Nullable Pattern exclude) {
    return new ReadMessages(source, read, parse.withFilter(include, exclude));
  }

  /** Reads the source in this way. */
  ReadMessages withRead(PTransform<PBegin, PCollection<SourceMessage>> otherRead) {
    return new ReadMessages(source, otherRead, parse);
  }

  @Override
  public WithFailures.Result<PCollection<ManifestEntry>, Rejection> expand(PBegin begin) {
    return begin.apply("ReadSource", read).apply("ParseMessages", parse);
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder.add(DisplayData.item("source", source));
  }
}
