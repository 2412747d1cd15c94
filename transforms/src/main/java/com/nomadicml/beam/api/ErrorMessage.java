package com.nomadicml.beam.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.StringJoiner;

/**
 * Finds the API's own words in an error's body: {@code detail} (text, object or list), then {@code
 * message}, {@code error}, then the body as it is (contract, section 1.4).
 */
final class ErrorMessage {
  private static final int MAX_LENGTH = 500;

  /** Of a body, so that no pattern runs over more. */
  private static final int MAX_BODY = 32 << 10;

  /** Of a body that says nothing. */
  static final String NONE = "no reason given";

  private ErrorMessage() {}

  /**
   * One line of 500 characters, and how many more there were, with {@code secret} blotted out.
   *
   * @param body whole, or its beginning
   */
  static String of(String body, String secret) {
    String blotted = blot(body, secret);
    int read = Math.min(blotted.length(), MAX_BODY);
    String message = blot(find(blotted.substring(0, read)), secret);
    message = message.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    if (message.isEmpty()) {
      return NONE;
    }
    return BoundedText.cut(message, MAX_LENGTH, message.length() + blotted.length() - read);
  }

  private static String blot(String text, String secret) {
    return secret.isEmpty() ? text : text.replace(secret, "***");
  }

  private static String find(String body) {
    JsonNode root;
    try {
      root = Answers.JSON.readTree(body);
    } catch (JsonProcessingException e) {
      return withoutTags(body);
    }
    if (root == null || !root.isObject()) {
      return body;
    }
    for (String member : new String[] {"detail", "message", "error"}) {
      String text = text(root.path(member));
      if (!text.isBlank()) {
        return text;
      }
    }
    return body;
  }

  private static String text(JsonNode node) {
    if (node.isMissingNode() || node.isNull()) {
      return "";
    }
    if (node.isArray()) {
      StringJoiner joined = new StringJoiner("; ");
      node.forEach(item -> joined.add(validationError(item)));
      return joined.toString();
    }
    if (node.isObject()) {
      for (String member : new String[] {"message", "error", "msg", "detail"}) {
        if (node.path(member).isTextual()) {
          return node.path(member).asText();
        }
      }
    }
    return node.isTextual() ? node.asText() : node.toString();
  }

  /** FastAPI's own: {@code {loc: […], msg, type}}. */
  private static String validationError(JsonNode item) {
    if (!item.path("msg").isTextual()) {
      return text(item);
    }
    StringJoiner location = new StringJoiner(".");
    item.path("loc").forEach(part -> location.add(part.asText()));
    return location.length() == 0
        ? item.path("msg").asText()
        : location + ": " + item.path("msg").asText();
  }

  private static String withoutTags(String body) {
    if (!body.stripLeading().startsWith("<")) {
      return body;
    }
    StringBuilder text = new StringBuilder();
    int done = 0;
    int tag = body.indexOf('<');
    int end = tag < 0 ? -1 : body.indexOf('>', tag);
    while (end >= 0) {
      text.append(body, done, tag).append(' ');
      done = end + 1;
      tag = body.indexOf('<', done);
      end = tag < 0 ? -1 : body.indexOf('>', tag);
    }
    return text.append(body, done, body.length()).toString();
  }
}
