package com.nomadicml.beam.emulator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;

/** Contract, sections 4.1 to 4.5: an import is acknowledged, whatever becomes of it. */
final class ImportRoutes {
  private final EmulatorOptions options;
  private final Backend backend;
  private final Integrations integrations;

  ImportRoutes(EmulatorOptions options, Backend backend, Integrations integrations) {
    this.options = options;
    this.backend = backend;
    this.integrations = integrations;
  }

  void gcs(Context ctx) {
    accept(ctx, ImportRequest.gcs(Wire.body(ctx), integrations));
  }

  void s3(Context ctx) {
    accept(ctx, ImportRequest.s3(Wire.body(ctx)));
  }

  void hfBucket(Context ctx) {
    if (options.hfUnauthorized) {
      throw new ApiError(401, "Hugging Face refused the token of this HF bucket");
    }
    accept(ctx, ImportRequest.hfBucket(Wire.body(ctx)));
  }

  private void accept(Context ctx, ImportRequest request) {
    if (options.paywall) {
      throw new ApiError(
          402, "Video upload is not available on the free trial. Upgrade to upload videos.");
    }
    if (options.forbidden) {
      throw new ApiError(403, "Your role does not allow imports");
    }
    if (options.maxItems > 0 && request.sets().size() > options.maxItems) {
      throw new ApiError(413, "Request Entity Too Large");
    }
    EmulatedJob job = backend.accept(request, ctx.header("Idempotency-Key"));
    Wire.answer(ctx, options.legacy ? legacyAnswer(job) : answer(job));
  }

  private static ObjectNode answer(EmulatedJob job) {
    return Wire.object().put("import_job_id", job.id());
  }

  /** Older backends name the videos, in the order of the request (contract, section 4.5). */
  private static ObjectNode legacyAnswer(EmulatedJob job) {
    ObjectNode answer = Wire.object();
    ArrayNode ids = answer.putArray("uploaded_video_ids");
    job.videoIds().forEach(ids::add);
    return answer;
  }
}
