package com.nomadicml.beam.pipeline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.status.ImportedTarget;
import com.nomadicml.beam.status.RunSnapshot.Event;
import com.nomadicml.beam.status.RunStatus;
import com.nomadicml.beam.status.TargetReason;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import javax.annotation.Nullable;

/**
 * How far a run is, as one JSON object for scripts. {@code docs/status.schema.json} describes it. A
 * member may be added at any time; a change of what one means is a new version.
 */
final class StatusJson {
  static final int VERSION = 1;

  private static final ObjectMapper JSON = new ObjectMapper();

  private StatusJson() {}

  /**
   * @param tables where they are, for people
   */
  static ObjectNode of(RunProgress progress, List<TargetReason> reasons, String tables) {
    ObjectNode status = start(progress.at(), tables);
    run(status.putObject("run"), progress);
    lines(status.putObject("lines"), progress.lines());
    status.put("percent", progress.percent());
    status.put(
        "pacePerHour", progress.pacePerHour() == null ? null : Math.round(progress.pacePerHour()));
    status.put("endsAt", text(progress.endsAt()));
    quota(status.putObject("quota"), progress);
    waiting(status, progress);
    ArrayNode targets = status.putArray("targets");
    TargetProgress.with(progress.targets(), reasons)
        .forEach(target -> target(targets.addObject(), target, reasons));
    ArrayNode rejected = status.putArray("rejected");
    reasons.stream()
        .filter(reason -> reason.target() == null)
        .forEach(reason -> reason(rejected.addObject(), reason));
    openJobs(status.putObject("openJobs"), progress);
    ArrayNode events = status.putArray("events");
    progress.tables().events().forEach(event -> event(events.addObject(), event));
    return status;
  }

  /** Of tables that no run has used yet. */
  static ObjectNode ofNoRun(Instant at, String tables) {
    return start(at, tables).putNull("run");
  }

  /** The runs of the tables, the latest first. */
  static ObjectNode ofRuns(List<RunProgress> runs, Instant at, String tables) {
    ObjectNode history = start(at, tables);
    ArrayNode all = history.putArray("runs");
    for (RunProgress progress : runs) {
      ObjectNode run = all.addObject();
      run(run, progress);
      lines(run.putObject("lines"), progress.lines());
      run.put("percent", progress.percent());
    }
    return history;
  }

  /** One line. */
  static String line(ObjectNode status) {
    try {
      return JSON.writeValueAsString(status);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a status could not be written as JSON", e);
    }
  }

  private static ObjectNode start(Instant at, String tables) {
    return JSON.createObjectNode()
        .put("version", VERSION)
        .put("at", text(at))
        .put("statusTable", tables);
  }

  private static void run(ObjectNode json, RunProgress progress) {
    RunStatus run = progress.tables().run();
    json.put("id", run.getRunId())
        .put("state", progress.state().name())
        .put("stage", progress.stage().name())
        .put("alive", progress.life().isAlive())
        .put("startedAt", text(Instant.ofEpochMilli(run.getStartedAt())))
        .put("finishedAt", text(progress.finishedAt().orElse(null)))
        .put("holder", progress.life().holder())
        .put("lastSeenAt", text(progress.life().lastSeenAt()))
        .put("manifest", run.getManifest())
        .put("requests", run.getRequests())
        .put("exitCode", progress.life().isAlive() ? null : (Integer) progress.exitCode());
  }

  private static void lines(ObjectNode json, RunLines lines) {
    json.put("total", lines.total())
        .put("read", lines.read())
        .put("expanded", lines.expanded())
        .put("carriedOver", lines.carriedOver());
    lines.byName().forEach(json::put);
  }

  private static void quota(ObjectNode json, RunProgress progress) {
    json.put("perDay", progress.perDay() == 0 ? null : (Long) progress.perDay())
        .put("spentToday", progress.spentToday())
        .put(
            "leftToday",
            progress.leftToday().isEmpty() ? null : (Long) progress.leftToday().getAsLong())
        .put("resetsAt", text(RunProgress.nextDay(progress.at())));
  }

  private static void waiting(ObjectNode status, RunProgress progress) {
    if (progress.waiting().isEmpty()) {
      status.putNull("waitsFor");
      return;
    }
    RunProgress.Waiting waiting = progress.waiting().get();
    status
        .putObject("waitsFor")
        .put("cause", waiting.cause().name())
        .put("since", text(waiting.since()))
        .put("until", text(waiting.until()));
  }

  private static void target(ObjectNode json, TargetProgress target, List<TargetReason> reasons) {
    TargetProgress.Sum items = target.items();
    target(json, target.target());
    json.put("batches", target.batches())
        .put("requested", items.requested())
        .put("uploaded", items.uploaded())
        .put("failed", items.failed())
        .put("missing", items.missing())
        .put("refused", items.refused())
        .put("unknown", items.unknown())
        .put("open", items.open())
        .put("stopped", items.stopped());
    ArrayNode all = json.putArray("reasons");
    reasons.stream()
        .filter(reason -> Objects.equals(reason.target(), target.target()))
        .forEach(reason -> reason(all.addObject(), reason));
  }

  private static void target(ObjectNode json, ImportedTarget target) {
    json.put("provider", target.provider().column())
        .put("bucket", target.bucket())
        .put("destination", target.destination());
  }

  private static void reason(ObjectNode json, TargetReason reason) {
    json.put("state", reason.state().name())
        .put("code", reason.code())
        .put("message", reason.message())
        .put("items", reason.items());
  }

  private static void openJobs(ObjectNode json, RunProgress progress) {
    json.put("planned", progress.batches(JobState.PLANNED))
        .put("submitted", progress.batches(JobState.SUBMITTED))
        .put("unknown", progress.batches(JobState.SUBMIT_UNKNOWN));
    ArrayNode oldest = json.putArray("oldest");
    for (JobStatus job : progress.tables().openJobs()) {
      oldest
          .addObject()
          .put("batchId", job.getBatchId())
          .put("importJobId", job.getImportJobId())
          .put("state", job.getState().name())
          .put("provider", job.getTarget().getProvider().column())
          .put("bucket", job.getTarget().getBucket())
          .put("destination", job.getTarget().destination())
          .put("requested", job.getRequested())
          .put("plannedAt", text(Instant.ofEpochMilli(job.getPlannedAt())))
          .put("submittedAt", text(instant(job.getSubmittedAt())));
    }
  }

  private static void event(ObjectNode json, Event event) {
    json.put("at", text(event.at())).put("kind", event.kind()).put("text", event.text());
  }

  @Nullable
  private static Instant instant(@Nullable Long millis) {
    return millis == null ? null : Instant.ofEpochMilli(millis);
  }

  @Nullable
  private static String text(@Nullable Instant time) {
    return time == null ? null : time.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
