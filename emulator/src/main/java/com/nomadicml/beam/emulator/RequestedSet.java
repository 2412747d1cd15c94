package com.nomadicml.beam.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * One video, or one multi-view set, as it was asked for (contract, section 4.4).
 *
 * @param uri the video's; of a set its front's
 * @param views URI by view, the front's among them; empty for a single video
 */
record RequestedSet(String uri, Map<String, String> views) {
  private static final String FRONT = "front";

  private static final Set<String> VIEWS =
      Set.of(
          FRONT,
          "rear",
          "back",
          "left",
          "right",
          "top",
          "bottom",
          "overhead_1",
          "overhead_2",
          "overhead_3",
          "overhead_4",
          "overhead_5",
          "overhead_6",
          "vehicle_view");

  static RequestedSet single(String uri) {
    return new RequestedSet(uri, Map.of());
  }

  /** Reads one set, whose views lie in one bucket. */
  static RequestedSet of(JsonNode set, String bucketPrefix) {
    Map<String, String> views = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> view : set.path("views").properties()) {
      if (!VIEWS.contains(view.getKey())) {
        throw new ApiError(422, "views: unknown view " + view.getKey());
      }
      if (!view.getValue().asText().startsWith(bucketPrefix)) {
        throw new ApiError(422, "views: must be " + bucketPrefix + " URIs");
      }
      views.put(view.getKey(), view.getValue().asText());
    }
    return new RequestedSet(Wire.required(set.path("views"), FRONT), views);
  }

  boolean isMultiView() {
    return !views.isEmpty();
  }
}
