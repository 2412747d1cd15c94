package com.nomadicml.beam.manifest;

import java.util.Map;
import java.util.regex.Pattern;
import org.apache.beam.sdk.io.gcp.pubsub.PubsubIO;
import org.apache.beam.sdk.io.gcp.pubsub.PubsubMessage;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;

/** Reads a subscription of Pub/Sub. */
final class ReadPubsub extends PTransform<PBegin, PCollection<SourceMessage>> {
  static final String FORM = "pubsub:projects/PROJECT/subscriptions/SUBSCRIPTION";

  private static final String SCHEME = "pubsub:";
  private static final Pattern PATH = Pattern.compile("projects/[^/]+/subscriptions/[^/]+");

  private final String source;
  private final PubsubIO.Read<PubsubMessage> read;

  private ReadPubsub(String source, PubsubIO.Read<PubsubMessage> read) {
    this.source = source;
    this.read = read;
  }

  static boolean isOne(String source) {
    return source.startsWith(SCHEME);
  }

  /**
   * Reads a source that {@link #isOne}.
   *
   * @throws IllegalArgumentException when it names no subscription
   */
  static ReadPubsub from(String source) {
    String path = source.substring(SCHEME.length());
    String refusal = "--source=" + source + " names no subscription: it takes " + FORM;
    if (!PATH.matcher(path).matches()) {
      throw new IllegalArgumentException(refusal);
    }
    try {
      return new ReadPubsub(
          source, PubsubIO.readMessagesWithAttributesAndMessageId().fromSubscription(path));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(refusal + " (" + e.getMessage() + ")", e);
    }
  }

  /** Reads with Beam's own transform changed in this way. */
  ReadPubsub with(
      SerializableFunction<PubsubIO.Read<PubsubMessage>, PubsubIO.Read<PubsubMessage>> change) {
    return new ReadPubsub(source, change.apply(read));
  }

  @Override
  public PCollection<SourceMessage> expand(PBegin begin) {
    String name = source;
    return begin
        .apply("Messages", read)
        .apply(
            "Take",
            MapElements.into(TypeDescriptor.of(SourceMessage.class))
                .via(message -> message(name, message)));
  }

  private static SourceMessage message(String source, PubsubMessage message) {
    String id = message.getMessageId();
    Map<String, String> attributes = message.getAttributeMap();
    return SourceMessage.ofBytes(
        source,
        id == null ? "" : id,
        message.getPayload(),
        attributes == null ? Map.of() : attributes);
  }
}
