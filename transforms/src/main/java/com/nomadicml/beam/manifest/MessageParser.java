package com.nomadicml.beam.manifest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

/**
 * Tells what a message is: an event of a bucket, one in the envelope of SNS, or a line of a
 * manifest. Every record of a message ends up in the sink, as line 0; nothing is thrown.
 */
final class MessageParser {
  private MessageParser() {}

  static void parse(SourceMessage message, RowRules rules, RowSink sink) {
    if (GcsEvent.isOne(message.getAttributes())) {
      GcsEvent.read(message.getAttributes(), sink);
    } else if (message.getIntact()) {
      parse(message.getBody(), rules, sink);
    } else {
      sink.unreadable(0, message.getBody(), "the message is not valid UTF-8");
    }
  }

  private static void parse(String body, RowRules rules, RowSink sink) {
    String text = OddCharacters.strip(body);
    if (text.startsWith("{") || text.startsWith("[") || text.startsWith("\"")) {
      json(text, rules, sink);
    } else if (text.isEmpty() || text.startsWith("#")) {
      sink.blank();
    } else if (text.lines().count() > 1) {
      sink.unreadable(0, text, "the message has several lines: send a message for each");
    } else {
      sink.row(ManifestRow.ofUri(0, text));
    }
  }

  private static void json(String text, RowRules rules, RowSink sink) {
    JsonNode message;
    try {
      message = JsonRow.JSON.readTree(text);
    } catch (JsonProcessingException e) {
      sink.unreadable(0, text, "not JSON: " + JsonRow.problem(e));
      return;
    }
    if (S3Event.isNotification(message)) {
      S3Event.readNotification(message, sink);
    } else if (S3Event.isOfEventBridge(message)) {
      S3Event.readOfEventBridge(message, sink);
    } else if (isEnvelope(message, "Notification")) {
      parse(message.path("Message").asText(), rules, sink);
    } else if (isEnvelope(message, "SubscriptionConfirmation")) {
      sink.unreadable(0, text, "SNS sends nothing before its SubscribeURL is opened");
    } else {
      new NestedRows(rules, sink).read(JsonRow.value(message), 0, text);
    }
  }

  /** Whether it is what SNS wraps a message in, unless it delivers raw messages. */
  private static boolean isEnvelope(JsonNode message, String type) {
    return message.path("Type").asText().equals(type)
        && message.path("TopicArn").isTextual()
        && message.path("Message").isTextual();
  }
}
