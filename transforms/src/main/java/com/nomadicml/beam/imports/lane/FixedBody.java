package com.nomadicml.beam.imports.lane;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.hash.Hashing;
import com.nomadicml.beam.api.SubmitRequest;
import com.nomadicml.beam.imports.BatchRequest;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.status.LaneStore.Body;
import java.nio.charset.StandardCharsets;

/**
 * A request as it is kept between its first intent and its answer, and the key that stands for it.
 */
final class FixedBody {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int KEY_LENGTH = 32;

  private FixedBody() {}

  static Body of(TrackedBatch batch) {
    try {
      String text =
          JSON.writeValueAsString(BatchRequest.of(batch.getBatch(), batch.getJob().getFolderId()));
      // A further attempt has the same body, and is another request all the same.
      String key =
          Hashing.sha256()
              .hashString(batch.getBatch().getBatchId() + '\n' + text, StandardCharsets.UTF_8)
              .toString()
              .substring(0, KEY_LENGTH);
      return new Body(text, key);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a request can't be written as JSON", e);
    }
  }

  static SubmitRequest parse(String text) {
    try {
      return JSON.readValue(text, SubmitRequest.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the body of an intent can't be read", e);
    }
  }
}
