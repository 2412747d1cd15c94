package com.nomadicml.beam.emulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.Javalin;
import io.javalin.http.Context;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * The emulator as a server on the loopback interface.
 *
 * <p>Beside the API it serves {@code GET /_emulator/stats}, {@code GET /_emulator/accepted} (how
 * often each video was accepted) and {@code PATCH /_emulator/options}.
 */
public final class Emulator implements AutoCloseable {
  private static final long MAX_BODY_BYTES = 256L << 20;

  private final Javalin server;
  private final Backend backend;
  private final Quota quota;
  private final Gateway gateway;
  private final Stats stats = new Stats();

  private Emulator(EmulatorOptions options, Clock clock) {
    Faults faults = new Faults(options);
    Integrations integrations = new Integrations(clock);
    Folders folders = new Folders(clock);
    backend = new Backend(options, clock, faults, integrations);
    quota = new Quota(options, clock);
    gateway = new Gateway(options, clock, faults, quota, stats);
    server =
        Javalin.create(
            config -> {
              config.showJavalinBanner = false;
              config.http.maxRequestSize = MAX_BODY_BYTES;
            });
    server.beforeMatched("/api/*", gateway::before);
    server.afterMatched("/api/*", gateway::after);
    server.exception(ApiError.class, (error, ctx) -> gateway.error(ctx, error));

    server.post("/api/keys/verify", ctx -> verifyKey(options, ctx));
    server.post("/api/folders/create-or-get", folders::createOrGet);
    server.post("/api/folders", folders::create);
    server.get("/api/folders/get", folders::get);

    ImportRoutes imports = new ImportRoutes(options, backend, integrations);
    server.post("/api/gcs/upload", imports::gcs);
    server.post("/api/s3/upload", imports::s3);
    server.post("/api/hf-buckets/upload", imports::hfBucket);

    JobRoutes jobs = new JobRoutes(options, clock, faults, backend, folders);
    server.get("/api/import-jobs/{id}", jobs::job);
    server.get("/api/import-jobs/{id}/videos", jobs::videos);

    VideoRoutes videos = new VideoRoutes(options, clock, backend);
    server.get("/api/video/{id}/status", videos::status);
    server.delete("/api/video/{id}", videos::delete);
    server.get("/api/my-videos", videos::list);

    server.get("/api/cloud-integrations", integrations::list);
    server.post("/api/cloud-integrations/gcs", integrations::addGcs);
    server.post("/api/cloud-integrations/s3", integrations::addS3);
    server.post("/api/cloud-integrations/hf-bucket", integrations::addHfBucket);
    server.post("/api/cloud-integrations/s3-storage-transfer", integrations::addStorageTransfer);
    server.get(
        "/api/cloud-integrations/s3-storage-transfer/setup", integrations::storageTransferSetup);
    server.get("/api/cloud-integrations/{id}", integrations::get);
    server.delete("/api/cloud-integrations/{id}", integrations::delete);

    server.get("/health", ctx -> ctx.result("ok"));
    server.get("/_emulator/stats", ctx -> Wire.answer(ctx, Wire.JSON.valueToTree(stats())));
    server.get(
        "/_emulator/accepted",
        ctx -> Wire.answer(ctx, Wire.JSON.valueToTree(new TreeMap<>(timesAccepted()))));
    server.patch("/_emulator/options", ctx -> change(options, ctx));
  }

  /** Starts an emulator that goes by the system's clock. */
  public static Emulator start(EmulatorOptions options) {
    return start(options, Clock.systemUTC());
  }

  /** Starts an emulator on the loopback interface. */
  public static Emulator start(EmulatorOptions options, Clock clock) {
    Emulator emulator = new Emulator(options, clock);
    emulator.server.start("127.0.0.1", options.port);
    return emulator;
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + server.port());
  }

  /** What has been asked of it so far. */
  public EmulatorStats stats() {
    return stats.snapshot(timesAccepted(), backend.jobCount(), quota.mostInAMinute());
  }

  /** How often each video was accepted, by scope, folder and URI. */
  public Map<String, Integer> timesAccepted() {
    return backend.timesAccepted();
  }

  /** What becomes of each video in the end, by scope, folder and URI. */
  public Map<String, VideoFate> fates() {
    return backend.fates();
  }

  /** When the last video of all that were accepted is done, or will be. */
  public Instant lastDoneAt() {
    return Instant.ofEpochMilli(backend.lastDoneAt());
  }

  /** Requests that have come in so far. Cheap, for those who wait for one. */
  public long requests() {
    return gateway.requests();
  }

  /** Jobs that were accepted so far. Cheap, for those who wait for one. */
  public int jobs() {
    return backend.jobCount();
  }

  @Override
  public void close() {
    server.stop();
  }

  private static void verifyKey(EmulatorOptions options, Context ctx) {
    var answer = Wire.object().put("valid", true).put("key_id", "key_1");
    tell(answer, "user_id", options.userId);
    tell(answer, "uid", options.uid);
    tell(answer, "org_id", options.orgId);
    answer.putArray("scope").add("read").add("write");
    Wire.answer(ctx, answer.put("expires_at", "2099-01-01T00:00:00Z"));
  }

  private static void tell(ObjectNode answer, String member, String value) {
    if (!value.isEmpty()) {
      answer.put(member, value);
    }
  }

  private static void change(EmulatorOptions options, Context ctx) {
    try {
      Wire.JSON.readerForUpdating(options).readValue(ctx.body());
    } catch (JsonProcessingException e) {
      throw new ApiError(422, e.getOriginalMessage());
    }
    ctx.status(204);
  }
}
