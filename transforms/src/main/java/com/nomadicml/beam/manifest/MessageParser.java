package com.nomadicml.beam.manifest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

/**
 * Tells what a message is: an event of a bucket, one in the envelope of SNS, or a line of a
 * manifest. Every record of a message ends up in the sink, as line 0; nothing is thrown.
 */
final class MessageParser {
  private MessageParser() {}

  static void parse(SourceMessage message, RowSink sink) {
    if (GcsEvent.isOne(message.getAttributes())) {
      GcsEvent.read(message.getAttributes(), sink);
    } else if (message.getIntact()) {
      parse(message.getBody(), sink);
    } else {
      sink.unreadable(0, message.getBody(), "the message is not valid UTF-8");
    }
  }

  private static void parse(String body, RowSink sink) {
    String text = body.strip();
    if (text.startsWith("{") || text.startsWith("[") || text.startsWith("\"")) {
      json(text, sink);
    } else if (text.isEmpty() || text.startsWith("#")) {
      sink.blank();
    } else if (text.lines().count() > 1) {
      sink.unreadable(0, text, "the message has several lines: send a message for each");
    } else {
      sink.row(ManifestRow.ofUri(0, text));
    }
  }

  private static void json(String text, RowSink sink) {
    JsonNode message;
    try {
      message = JsonRow.JSON.readTree(text);
    } catch (JsonProcessingException e) {
      sink.unreadable(0, text, "not JSON: " + e.getOriginalMessage());
      return;
    }
    if (S3Event.isNotification(message)) {
      S3Event.readNotification(message, sink);
    } else if (S3Event.isOfEventBridge(message)) {
      S3Event.readOfEventBridge(message, sink);
    } else if (isEnvelope(message, "Notification")) {
      parse(message.path("Message").asText(), sink);
    } else if (isEnvelope(message, "SubscriptionConfirmation")) {
      sink.unreadable(0, text, "SNS sends nothing before its SubscribeURL is opened");
    } else {
      JsonRow.read(message, 0, text, sink);
    }
  }

  /** Whether it is what SNS wraps a message in, unless it delivers raw messages. */
  private static boolean isEnvelope(JsonNode message, String type) {
    return message.path("Type").asText().equals(type)
        && message.path("TopicArn").isTextual()
        && message.path("Message").isTextual();
  }
}
