package com.nomadicml.beam.emulator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import java.time.Clock;
import java.time.Instant;

/** Contract, sections 4.6 and 4.7. */
final class JobRoutes {
  private final EmulatorOptions options;
  private final Clock clock;
  private final Faults faults;
  private final Backend backend;
  private final Folders folders;

  JobRoutes(EmulatorOptions options, Clock clock, Faults faults, Backend backend, Folders folders) {
    this.options = options;
    this.clock = clock;
    this.faults = faults;
    this.backend = backend;
    this.folders = folders;
  }

  void job(Context ctx) {
    EmulatedJob job = backend.job(ctx.pathParam("id"));
    ObjectNode answer =
        Wire.object()
            .put("job_id", job.id())
            .put("source", job.source())
            .put("bucket", job.bucket())
            .putNull("prefix")
            .put("folder_id", job.folderId())
            .put("folder_name", folders.nameOf(job.folderId()))
            .put("total", total(job))
            .put("created_at", Instant.ofEpochMilli(job.acceptedAt()).toString())
            .put("updated_at", clock.instant().toString());
    if (clock.millis() >= job.doneAt()) {
      answer.put("completed_at", Instant.ofEpochMilli(job.doneAt()).toString());
    }
    Wire.answer(ctx, answer);
  }

  void videos(Context ctx) {
    EmulatedJob job = backend.job(ctx.pathParam("id"));
    String cursor = ctx.queryParam("cursor");
    String offset = ctx.queryParam("offset");
    if (cursor != null && offset != null) {
      throw new ApiError(400, "cursor and offset can't be combined");
    }
    if (offset != null && job.multiView()) {
      throw new ApiError(400, "offset is not supported for multi-view jobs");
    }
    int limit = limit(ctx.queryParam("limit"));
    long now = clock.millis();
    int skipped = offset == null ? 0 : number(offset);
    if (skipped < 0) {
      throw new ApiError(422, "offset: must not be negative");
    }
    EmulatedJob.Page page = job.page(now, cursor, skipped, limit);
    String last = page.videos().isEmpty() ? null : page.videos().get(page.videos().size() - 1).id();
    boolean loops =
        faults.hits(options.loopingCursors, "loop", job.id() + cursor + ctx.attribute("number"));
    ObjectNode answer =
        Wire.object()
            .put("import_job_id", job.id())
            .put("total", total(job))
            .put("limit", limit)
            .put("cursor", cursor)
            .put("has_more", page.hasMore() || loops)
            .put("next_cursor", loops ? cursor : last)
            .put("video_count", page.videos().size());
    ArrayNode rows = answer.putArray("videos");
    page.videos().forEach(video -> rows.add(video.row(now, options)));
    Wire.answer(ctx, answer);
  }

  private int total(EmulatedJob job) {
    boolean early = clock.millis() < job.acceptedAt() + options.zeroTotalFor.toMillis();
    return early ? 0 : job.requested();
  }

  private int limit(String asked) {
    int limit = asked == null ? options.maxLimit : number(asked);
    if (limit <= options.maxLimit || options.limitMode == EmulatorOptions.LimitMode.GRANT) {
      return Math.max(1, limit);
    }
    if (options.limitMode == EmulatorOptions.LimitMode.REJECT) {
      throw new ApiError(422, "limit: must be at most " + options.maxLimit);
    }
    return options.maxLimit;
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new ApiError(422, "not a number: " + text);
    }
  }
}
