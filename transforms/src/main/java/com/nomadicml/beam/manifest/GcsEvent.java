package com.nomadicml.beam.manifest;

import com.nomadicml.beam.model.Provider;
import java.util.Map;

/**
 * A Pub/Sub notification of Cloud Storage. All that is needed stands in its attributes, the object
 * name literally; its body may be empty.
 */
final class GcsEvent {
  private GcsEvent() {}

  static boolean isOne(Map<String, String> attributes) {
    return attributes.getOrDefault("eventType", "").startsWith("OBJECT_");
  }

  static void read(Map<String, String> attributes, RowSink sink) {
    switch (attributes.get("eventType")) {
      case "OBJECT_FINALIZE" -> created(attributes, sink);
      case "OBJECT_DELETE", "OBJECT_ARCHIVE" -> sink.skipped(SkipReason.DELETE_EVENT);
      default -> sink.skipped(SkipReason.OTHER_EVENT);
    }
  }

  private static void created(Map<String, String> attributes, RowSink sink) {
    String bucket = attributes.get("bucketId");
    String object = attributes.get("objectId");
    if (bucket == null || object == null) {
      sink.unreadable(
          0,
          JsonRow.text(attributes, Map.of()),
          "the notification has no attributes bucketId and objectId");
    } else {
      new ObjectEvent(Provider.GCS, bucket, object).to(sink);
    }
  }
}
