package com.nomadicml.beam.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * An import as it was asked for (contract, sections 4.1 to 4.4).
 *
 * @param sets what to import, a single video being a set of none but itself
 */
record ImportRequest(
    String source,
    String integrationId,
    String bucket,
    String folderId,
    String scope,
    boolean multiView,
    List<RequestedSet> sets) {

  static ImportRequest gcs(ObjectNode body, Integrations integrations) {
    String integrationId = Wire.required(body, "integration_id");
    // Whether the API insists on the bucket of sets is not known; its own client names it.
    String bucket =
        body.has("sets") ? Wire.required(body, "bucket") : integrations.bucketOf(integrationId);
    String prefix = "gs://" + (bucket == null ? "unknown-bucket" : bucket) + "/";
    return of("gcs", prefix, "files", bucket, body);
  }

  static ImportRequest s3(ObjectNode body) {
    String bucket = Wire.required(body, "bucket");
    return of("s3", "s3://" + bucket + "/", "keys", bucket, body);
  }

  static ImportRequest hfBucket(ObjectNode body) {
    String bucket = Wire.required(body, "bucket");
    if (body.has("sets")) {
      throw new ApiError(422, "sets: not supported for Hugging Face buckets");
    }
    return of("hf_bucket", "hf://buckets/" + bucket + "/", "files", bucket, body);
  }

  /** What a video is known by, wherever it is asked for again. */
  String destination(String uri) {
    return scope + "/" + (folderId == null ? "" : folderId) + " " + uri;
  }

  private static ImportRequest of(
      String source, String prefix, String member, String bucket, ObjectNode body) {
    boolean multiView = body.has("sets");
    if (multiView == body.has(member)) {
      throw new ApiError(422, "one of " + member + " and sets is required");
    }
    JsonNode items = body.path(multiView ? "sets" : member);
    if (!items.isArray()) {
      throw new ApiError(422, (multiView ? "sets" : member) + ": must be a list");
    }
    List<RequestedSet> sets = multiView ? sets(prefix, items) : singles(prefix, items);
    if (sets.isEmpty()) {
      throw new ApiError(400, "nothing to import");
    }
    return new ImportRequest(
        source,
        Wire.optional(body, "integration_id"),
        bucket,
        Wire.optional(body, "folder_id"),
        Wire.scope(body),
        multiView,
        sets);
  }

  private static List<RequestedSet> singles(String prefix, JsonNode keys) {
    List<RequestedSet> singles = new ArrayList<>();
    for (JsonNode key : keys) {
      if (!key.isTextual() || key.asText().isEmpty()) {
        throw new ApiError(422, "an object name must be a string");
      }
      singles.add(RequestedSet.single(prefix + key.asText()));
    }
    return singles;
  }

  private static List<RequestedSet> sets(String prefix, JsonNode items) {
    List<RequestedSet> sets = new ArrayList<>();
    items.forEach(set -> sets.add(RequestedSet.of(set, prefix)));
    return sets;
  }
}
