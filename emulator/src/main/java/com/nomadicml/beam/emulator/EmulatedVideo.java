package com.nomadicml.beam.emulator;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One row of a job. What it shows is a function of the time alone, in epoch milliseconds.
 *
 * @param shownAt when the row appears; never for {@link Long#MAX_VALUE}
 * @param doneAt when its status becomes final
 * @param error why it fails, or null when it succeeds
 * @param views of a multi-view set, else null
 */
record EmulatedVideo(
    String id,
    String sourceUri,
    long shownAt,
    long doneAt,
    String error,
    String pendingStatus,
    EmulatedViews views) {

  boolean isShown(long now) {
    return now >= shownAt;
  }

  String status(long now) {
    if (now < doneAt) {
      return pendingStatus;
    }
    return error == null ? "UPLOADED" : "UPLOADING_FAILED";
  }

  ObjectNode row(long now, EmulatorOptions options) {
    ObjectNode row =
        Wire.object()
            .put("video_id", id)
            .put("status", status(now))
            .put("import_source_uri", sourceUri);
    boolean isDone = now >= doneAt;
    if (isDone && error != null && options.errorText == EmulatorOptions.ErrorText.ROW) {
      row.put("error", error);
    }
    if (views != null) {
      views.addTo(row, isDone, options.failedViewsShape);
    }
    return row;
  }
}
