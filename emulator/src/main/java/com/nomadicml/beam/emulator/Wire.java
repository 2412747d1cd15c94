package com.nomadicml.beam.emulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.std.FromStringDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import java.time.Duration;

/** Reads and writes the API's JSON. */
final class Wire {
  static final ObjectMapper JSON =
      new ObjectMapper()
          .registerModule(
              new SimpleModule().addDeserializer(Duration.class, new DurationDeserializer()));

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

  /** Where videos and folders belong. */
  static String scope(JsonNode body) {
    String scope = required(body, "scope");
    if (!scope.equals("user") && !scope.equals("org")) {
      throw new ApiError(422, "scope: must be user or org");
    }
    return scope;
  }

  static String optional(JsonNode body, String member) {
    JsonNode value = body.path(member);
    return value.isMissingNode() || value.isNull() ? null : value.asText();
  }

  private static final class DurationDeserializer extends FromStringDeserializer<Duration> {
    private static final long serialVersionUID = 1L;

    private DurationDeserializer() {
      super(Duration.class);
    }

    @Override
    protected Duration _deserialize(String value, DeserializationContext ctxt) {
      return Duration.parse(value);
    }
  }
}
