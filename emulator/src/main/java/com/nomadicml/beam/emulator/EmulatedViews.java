package com.nomadicml.beam.emulator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/**
 * What the row of a multi-view set says of its views (contract, section 4.7).
 *
 * @param setId the video id of the set as a whole
 * @param ids video id by view
 * @param failed side views that fail
 */
record EmulatedViews(String setId, Map<String, String> ids, List<String> failed) {
  private static final String REASON = "Transcoding failed";

  void addTo(ObjectNode row, boolean isDone, EmulatorOptions.FailedViewsShape shape) {
    row.put("set_video_id", setId);
    ids.forEach(row.putObject("views")::put);
    if (isDone) {
      addFailed(row, shape);
    }
  }

  private void addFailed(ObjectNode row, EmulatorOptions.FailedViewsShape shape) {
    switch (shape) {
      case ROLES -> {
        ArrayNode roles = row.putArray("failed_views");
        failed.forEach(roles::add);
      }
      case OBJECTS -> {
        ArrayNode views = row.putArray("failed_views");
        failed.forEach(role -> views.addObject().put("role", role).put("error", REASON));
      }
      case BY_ROLE -> {
        ObjectNode views = row.putObject("failed_views");
        failed.forEach(role -> views.put(role, REASON));
      }
    }
  }
}
