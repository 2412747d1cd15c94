package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.ByteString;
import com.google.pubsub.v1.PubsubMessage;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.pipeline.DeadLetters.Finality;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.io.gcp.pubsub.PubsubClient.OutgoingMessage;
import org.apache.beam.sdk.io.gcp.pubsub.PubsubIO;
import org.apache.beam.sdk.io.gcp.pubsub.PubsubTestClient;
import org.apache.beam.sdk.io.gcp.pubsub.PubsubTestClient.PubsubTestClientFactory;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** What goes to a topic, by Beam's own test client; files are shown by {@link StreamingTest}. */
class DeadLettersTest {
  private static final String TOPIC = "projects/fleet-project/topics/dead-letters";
  private static final Instant NOW = new Instant(1_764_000_000_000L);

  @Test
  void itemsThatAreFinallyDeadArePublishedAsLinesOfAManifest() throws Exception {
    TestPipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);

    // Messages name their topic. Closing it fails when one was not published.
    try (PubsubTestClientFactory client =
        PubsubTestClient.createFactoryForPublish(
            null,
            List.of(
                message("{\"uri\":\"s3://b/tried.mp4\",\"scope\":\"user\",\"drive\":\"7\"}"),
                message("\"nonsense\"")),
            List.of())) {
      pipeline
          .apply(
              Create.timestamped(
                  at(row("s3://b/new.mp4", VideoState.PENDING, 1)),
                  at(row("s3://b/done.mp4", VideoState.UPLOADED, 1)),
                  at(row("s3://b/once.mp4", VideoState.UPLOADING_FAILED, 1)),
                  at(row("s3://b/tried.mp4", VideoState.UPLOADING_FAILED, 2)),
                  at(row("nonsense", VideoState.REJECTED, 0))))
          .apply(
              DeadLetters.to(
                  "pubsub:" + TOPIC,
                  new Finality(2),
                  "run-1",
                  PubsubIO.writeStrings().withClientFactory(client)));
      pipeline.run().waitUntilFinish();
    }
  }

  @Test
  void whatIsNoTopicIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                DeadLetters.to(
                    "pubsub:dead-letters", new Finality(1), "run-1", PubsubIO.writeStrings()))
        .withMessageStartingWith("--deadLetter=pubsub:dead-letters names no topic: it takes")
        .satisfies(refusal -> assertThat(refusal.getMessage()).hasLineCount(1));
  }

  private static OutgoingMessage message(String line) {
    return OutgoingMessage.of(
        PubsubMessage.newBuilder().setData(ByteString.copyFromUtf8(line)).build(),
        NOW.getMillis(),
        null,
        TOPIC);
  }

  private static TimestampedValue<VideoStatus> at(VideoStatus row) {
    return TimestampedValue.of(row, NOW);
  }

  private static VideoStatus row(String uri, VideoState state, int attempt) {
    return VideoStatus.builder()
        .setDestination("user/")
        .setSourceUri(uri)
        .setProvider("s3")
        .setBucket("b")
        .setViews(Map.of())
        .setLabels(Map.of("drive", "7"))
        .setManifest("fleet.csv")
        .setLine(1)
        .setRunId("run-1")
        .setAttempt(attempt)
        .setState(state)
        .setSequence(1)
        .setUpdatedAt(NOW.getMillis())
        .build();
  }
}
