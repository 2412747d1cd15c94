package com.nomadicml.beam.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.beam.sdk.transforms.display.DisplayData;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a source may be called. */
class ReadMessagesTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pubsub:projects/fleet-prod/subscriptions/new-videos",
        "pubsub:projects/example.com:fleet/subscriptions/new.videos",
        "sqs:https://sqs.us-west-2.amazonaws.com/123456789012/videos",
        "sqs:https://sqs.cn-north-1.amazonaws.com.cn/123456789012/videos.fifo",
        "sqs:http://127.0.0.1:9324/000000000000/videos"
      })
  void aSourceIsASubscriptionOrAQueue(String source) {
    DisplayData data = DisplayData.from(ReadMessages.from(source));
    assertThat(data.items()).extracting(DisplayData.Item::getValue).containsExactly(source);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "fleet.csv",
        "kafka:videos",
        "https://sqs.us-west-2.amazonaws.com/123456789012/videos"
      })
  void anythingElseIsRefusedWithBothForms(String source) {
    assertThatThrownBy(() -> ReadMessages.from(source))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "--source="
                + source
                + " names no source: it takes"
                + " pubsub:projects/PROJECT/subscriptions/SUBSCRIPTION or"
                + " sqs:https://sqs.REGION.amazonaws.com/ACCOUNT/QUEUE");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pubsub:",
        "pubsub:videos",
        "pubsub:projects/fleet-prod/topics/videos",
        "pubsub:projects/fleet-prod/subscriptions/",
        "pubsub:projects/fleet-prod/subscriptions/a/b",
        "pubsub:projects/F/subscriptions/videos",
        "pubsub:projects/fleet-prod/subscriptions/new videos"
      })
  void aSubscriptionIsNamedInFull(String source) {
    assertThatThrownBy(() -> ReadMessages.from(source))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "--source="
                + source
                + " names no subscription: it takes"
                + " pubsub:projects/PROJECT/subscriptions/SUBSCRIPTION");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sqs:",
        "sqs:videos",
        "sqs:ftp://sqs.us-west-2.amazonaws.com/123456789012/videos",
        "sqs:https://sqs.us-west-2.amazonaws.com",
        "sqs:https://sqs.us-west-2.amazonaws.com/",
        "sqs:https:///videos",
        "sqs:https://id:secret@sqs.us-west-2.amazonaws.com/123456789012/videos",
        "sqs:https://sqs.us-west-2.amazonaws.com/1/new videos"
      })
  void aQueueIsNamedByItsUrl(String source) {
    assertThatThrownBy(() -> ReadMessages.from(source))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "--source="
                + source
                + " names no queue: it takes the queue's URL, as in"
                + " sqs:https://sqs.REGION.amazonaws.com/ACCOUNT/QUEUE");
  }
}
