package com.nomadicml.beam.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.nomadicml.beam.model.Provider;

/** An event of S3: a notification of the bucket itself, or one by way of EventBridge. */
final class S3Event {
  private static final String SCHEME = "s3:";

  private S3Event() {}

  /** Whether it is a notification, the one with which S3 tests a queue included. */
  static boolean isNotification(JsonNode message) {
    return message.path("Records").isArray() || isTest(message);
  }

  private static boolean isTest(JsonNode message) {
    return message.path("Event").asText().equals("s3:TestEvent");
  }

  /** Reads each record of a notification; keys are URL-encoded. */
  static void readNotification(JsonNode message, RowSink sink) {
    if (isTest(message)) {
      sink.skipped(SkipReason.TEST_EVENT);
    } else if (message.path("Records").isEmpty()) {
      sink.unreadable(0, message.toString(), "the notification holds no record");
    } else {
      message.path("Records").forEach(event -> record(event, sink));
    }
  }

  private static void record(JsonNode event, RowSink sink) {
    String name = event.path("eventName").asText();
    // S3-compatible servers write the scheme of the configuration before it.
    String kind = name.startsWith(SCHEME) ? name.substring(SCHEME.length()) : name;
    if (kind.startsWith("ObjectCreated:")) {
      created(event, event.path("s3"), true, sink);
    } else if (kind.startsWith("ObjectRemoved:") || kind.startsWith("LifecycleExpiration:")) {
      sink.skipped(SkipReason.DELETE_EVENT);
    } else if (kind.isEmpty() || !event.path("s3").isObject()) {
      sink.unreadable(0, event.toString(), "the record is no event of S3");
    } else {
      sink.skipped(SkipReason.OTHER_EVENT);
    }
  }

  /** Whether it is an event of EventBridge, whatever service it tells of. */
  static boolean isOfEventBridge(JsonNode message) {
    return message.path("detail-type").isTextual()
        && message.path("source").isTextual()
        && message.path("detail").isObject();
  }

  /** Reads an event of EventBridge; its key is not encoded. */
  static void readOfEventBridge(JsonNode message, RowSink sink) {
    String source = message.path("source").asText();
    if (!source.equals("aws.s3")) {
      sink.unreadable(
          0, message.toString(), "the event is one of " + source + ", and only aws.s3 is known");
      return;
    }
    switch (message.path("detail-type").asText()) {
      case "Object Created" -> created(message, message.path("detail"), false, sink);
      case "Object Deleted" -> sink.skipped(SkipReason.DELETE_EVENT);
      default -> sink.skipped(SkipReason.OTHER_EVENT);
    }
  }

  private static void created(JsonNode event, JsonNode what, boolean encoded, RowSink sink) {
    JsonNode bucket = what.path("bucket").path("name");
    JsonNode object = what.path("object").path("key");
    if (!bucket.isTextual() || !object.isTextual()) {
      sink.unreadable(0, event.toString(), "the event names no bucket and object");
      return;
    }
    String key = object.asText();
    if (encoded) {
      try {
        key = UrlEncodedKey.decode(key);
      } catch (IllegalArgumentException e) {
        sink.unreadable(0, event.toString(), "the key is not URL-encoded: " + e.getMessage());
        return;
      }
    }
    new ObjectEvent(Provider.S3, bucket.asText(), key).to(sink);
  }
}
