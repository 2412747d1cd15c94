package com.nomadicml.beam.emulator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import java.time.Clock;
import java.util.Locale;

/** Contract, section 4.8. */
final class VideoRoutes {
  private final EmulatorOptions options;
  private final Clock clock;
  private final Backend backend;

  VideoRoutes(EmulatorOptions options, Clock clock, Backend backend) {
    this.options = options;
    this.clock = clock;
    this.backend = backend;
  }

  void status(Context ctx) {
    EmulatedVideo video = backend.video(ctx.pathParam("id"));
    long now = clock.millis();
    String status = video.isShown(now) ? video.status(now) : "NOT_STARTED";
    ObjectNode answer =
        Wire.object().put("video_id", video.id()).put("status", status.toLowerCase(Locale.ROOT));
    ObjectNode upload =
        answer.putObject("metadata").putObject("visual_analysis").putObject("status");
    // Here PROCESSING is a stage after UPLOADED (contract, section 5).
    upload.put("status", status.equals("PROCESSING") ? "PREPARE_IN_PROGRESS" : status);
    if (status.equals("UPLOADING_FAILED")
        && options.errorText == EmulatorOptions.ErrorText.VIDEO_STATUS) {
      upload.put("error", video.error());
    }
    Wire.answer(ctx, answer);
  }

  void list(Context ctx) {
    long now = clock.millis();
    ObjectNode answer = Wire.object();
    ArrayNode rows = answer.putArray("videos");
    for (EmulatedVideo video : backend.videos()) {
      if (video.isShown(now)) {
        String name = video.sourceUri().substring(video.sourceUri().lastIndexOf('/') + 1);
        rows.addObject()
            .put("video_id", video.id())
            .put("video_name", name)
            .put("status", video.status(now).toLowerCase(Locale.ROOT));
      }
    }
    Wire.answer(ctx, answer);
  }

  void delete(Context ctx) {
    String id = ctx.pathParam("id");
    backend.delete(id);
    Wire.answer(ctx, Wire.object().put("status", "deleted").put("video_id", id));
  }
}
