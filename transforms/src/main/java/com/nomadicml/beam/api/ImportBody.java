package com.nomadicml.beam.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nomadicml.beam.model.Provider;

/**
 * The bodies of import requests, all in one place (contract, sections 4.1 to 4.4), member by member
 * as the vendor's client sends them.
 */
final class ImportBody {
  private ImportBody() {}

  static String path(SubmitRequest request) {
    return switch (request.provider()) {
      case GCS -> "/api/gcs/upload";
      case S3 -> "/api/s3/upload";
      case HF -> "/api/hf-buckets/upload";
    };
  }

  static ObjectNode of(SubmitRequest request, String collection) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    if (request.multiView()) {
      ArrayNode sets = body.putArray("sets");
      for (var views : request.sets()) {
        ObjectNode set = sets.addObject().putObject("views");
        views.forEach(set::put);
      }
    } else {
      String member = request.provider() == Provider.S3 ? "keys" : "files";
      ArrayNode keys = body.putArray(member);
      request.keys().forEach(keys::add);
    }
    // The integration tells the bucket of single videos on GCS; sets name it all the same.
    if (request.multiView() || request.provider() != Provider.GCS) {
      body.put("bucket", request.bucket());
    }
    body.put("collection", collection);
    body.put("folder_id", request.folderId());
    body.put("scope", request.scope());
    if (request.integrationId() != null) {
      body.put("integration_id", request.integrationId());
    }
    return body;
  }
}
