package com.nomadicml.beam.emulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;

/** Reads and writes the API's JSON. */
final class Wire {
  static final ObjectMapper JSON = new ObjectMapper();

  private Wire() {}

  static ObjectNode object() {
    return JSON.createObjectNode();
  }

  static void answer(Context ctx, JsonNode body) {
    ctx.contentType("application/json").result(body.toString());
  }

  static ObjectNode body(Context ctx) {
    try {
      if (JSON.readTree(ctx.body()) instanceof ObjectNode body) {
        return body;
      }
    } catch (JsonProcessingException e) {
      throw new ApiError(422, "The body is not JSON");
    }
    throw new ApiError(422, "The body is not a JSON object");
  }

  /** A member that must be there and not blank. */
  static String required(JsonNode body, String member) {
    JsonNode value = body.path(member);
    if (!value.isTextual() || value.asText().isBlank()) {
      throw new ApiError(422, member + ": field required");
    }
    return value.asText();
  }

  static String optional(JsonNode body, String member) {
    JsonNode value = body.path(member);
    return value.isMissingNode() || value.isNull() ? null : value.asText();
  }
}
