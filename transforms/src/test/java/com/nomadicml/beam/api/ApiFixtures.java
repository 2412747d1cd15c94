package com.nomadicml.beam.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The contract's examples, under {@code resources/api}. */
final class ApiFixtures {
  static final String KEY = "nmd_test_5ecretKey";

  private ApiFixtures() {}

  static String text(String name) {
    try (InputStream in = ApiFixtures.class.getResourceAsStream("/api/" + name + ".json")) {
      if (in == null) {
        throw new AssertionError("no fixture " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode json(String name) {
    try {
      return new ObjectMapper().readTree(text(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A client that waits for nothing between its tries. */
  static HttpNomadicApi api(ScriptedServer server) {
    return HttpNomadicApi.builder(server.url(), KEY).sleeper(wait -> {}).build();
  }
}
