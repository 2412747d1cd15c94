package com.nomadicml.beam.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.util.HashMap;
import java.util.Map;

/** Messages in the shapes that AWS and Google document, for objects of the test's choice. */
final class Messages {
  static final String SQS = "sqs:https://sqs.us-west-2.amazonaws.com/123456789012/videos";
  static final String PUBSUB = "pubsub:projects/fleet-prod/subscriptions/videos";

  private Messages() {}

  /** What S3 sends to a queue or topic. */
  static String s3Created(String key) {
    return text("s3-object-created").replace("\"KEY\"", json(s3Encoded(key)));
  }

  /** As S3 encodes keys in its notifications: slashes stay. */
  static String s3Encoded(String key) {
    return URLEncoder.encode(key, UTF_8).replace("%2F", "/");
  }

  static String eventBridgeCreated(String key) {
    return text("eventbridge-object-created").replace("\"KEY\"", json(key));
  }

  /** The envelope of a topic without raw delivery. */
  static String throughSns(String message) {
    return text("sns-notification").replace("\"MESSAGE\"", json(message));
  }

  /** The attributes of a notification of Cloud Storage. */
  static Map<String, String> gcsAttributes(String event, String bucket, String object) {
    Map<String, String> attributes = new HashMap<>();
    attributes.put("notificationConfig", "projects/_/buckets/fleet/notificationConfigs/3");
    attributes.put("eventType", event);
    attributes.put("payloadFormat", "JSON_API_V1");
    attributes.put("bucketId", bucket);
    attributes.put("objectId", object);
    attributes.put("objectGeneration", "1447112350345000");
    attributes.put("eventTime", "2015-11-09T23:39:10.345Z");
    return attributes;
  }

  static SourceMessage gcs(String event, String object) {
    return SourceMessage.of(PUBSUB, "1", text("gcs-object"), gcsAttributes(event, "fleet", object));
  }

  static SourceMessage plain(String body) {
    return SourceMessage.of(SQS, "1", body, Map.of());
  }

  /** A documented message, its variable parts in capitals. */
  static String text(String name) {
    try (InputStream in = Messages.class.getResourceAsStream("/messages/" + name + ".json")) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String json(String text) {
    try {
      return new ObjectMapper().writeValueAsString(text);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
