package com.nomadicml.beam.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.api.client.util.Clock;
import com.google.protobuf.ByteString;
import com.google.pubsub.v1.PubsubMessage;
import com.nomadicml.beam.model.Rejection;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.io.gcp.pubsub.ClockedRead;
import org.apache.beam.sdk.io.gcp.pubsub.PubsubClient;
import org.apache.beam.sdk.io.gcp.pubsub.PubsubClient.IncomingMessage;
import org.apache.beam.sdk.io.gcp.pubsub.PubsubTestClient;
import org.apache.beam.sdk.io.gcp.pubsub.PubsubTestClient.PubsubTestClientFactory;
import org.apache.beam.sdk.testing.TestPipeline;
import org.junit.jupiter.api.Test;

/** Messages of a subscription, pulled and acknowledged by Beam's own reader. */
class PubsubMessagesTest {
  private static final long NOW = 1_447_112_350_345L;
  private static final String SUBSCRIPTION = Messages.PUBSUB.substring("pubsub:".length());

  @Test
  void whatASubscriptionHoldsIsReadAndAcknowledged() throws Exception {
    List<IncomingMessage> messages =
        List.of(
            incoming("1", "", Messages.gcsAttributes("OBJECT_FINALIZE", "fleet", "day 1/a+%.mp4")),
            incoming("2", "", Messages.gcsAttributes("OBJECT_DELETE", "fleet", "day 1/b.mp4")),
            incoming("3", "{\"uri\": \"s3://b/日本.mp4\"}", Map.of()),
            incoming("4", "hello", Map.of("from", "a person")));

    ReadLines lines;
    // Closing it fails when a message was not pulled, or not acknowledged.
    try (PubsubTestClientFactory client =
        PubsubTestClient.createFactoryForPull(
            new FixedClock(), PubsubClient.subscriptionPathFromPath(SUBSCRIPTION), 60, messages)) {
      lines =
          ReadLines.of(
              TestPipeline.create().enableAbandonedNodeEnforcement(false),
              ReadMessages.from(Messages.PUBSUB)
                  .withRead(
                      ReadPubsub.from(Messages.PUBSUB)
                          .with(
                              read ->
                                  ClockedRead.of(
                                      read.withClientFactory(client), new FixedClock()))));
    }

    assertThat(lines.places())
        .containsExactlyInAnyOrder("0 gs://fleet/day 1/a+%.mp4", "0 s3://b/日本.mp4");
    assertThat(lines.rejections()).extracting(Rejection::getText).containsExactly("hello");
    assertThat(lines.rejections())
        .extracting(Rejection::getManifest)
        .containsExactly(Messages.PUBSUB);
    assertThat(lines.counters())
        .containsEntry(ManifestMetrics.LINES_READ, 4L)
        .containsEntry(SkipReason.DELETE_EVENT.metric(), 1L);
  }

  private static IncomingMessage incoming(String id, String body, Map<String, String> attributes) {
    PubsubMessage message =
        PubsubMessage.newBuilder()
            .setData(ByteString.copyFromUtf8(body))
            .putAllAttributes(attributes)
            .setMessageId(id)
            .build();
    return IncomingMessage.of(message, NOW, NOW, "ack-" + id, id);
  }

  private static final class FixedClock implements Clock, Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public long currentTimeMillis() {
      return NOW;
    }
  }
}
