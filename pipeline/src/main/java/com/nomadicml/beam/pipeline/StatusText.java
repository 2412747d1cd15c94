package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.status.RunStatus;
import com.nomadicml.beam.status.TargetReason;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** How far a run is, for people: the short answer first, then where it comes from. */
final class StatusText {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static final int BAR = 30;

  /** How the counts are called. */
  private static final Map<String, String> NAMES =
      Map.of(
          "blank", "blank or comment",
          "alreadyDone", "already done",
          "stopped", "stopped by a canary",
          "open", "open");

  private final PrintWriter out;

  StatusText(PrintWriter out) {
    this.out = out;
  }

  void print(RunProgress progress, List<TargetReason> reasons) {
    RunStatus run = progress.tables().run();
    line("run", "%s: %s", run.getRunId(), state(progress));
    line(
        "since",
        "%s (%s)",
        time(Instant.ofEpochMilli(run.getStartedAt())),
        DryRunReport.text(age(progress)));
    line("manifest", "%s", run.getManifest());
    if (progress.life().lastSeenAt() != null && progress.stage() != RunProgress.Stage.ENDED) {
      line(
          "process",
          "%s, last sign of life %s",
          Objects.requireNonNullElse(progress.life().holder(), "unknown"),
          time(progress.life().lastSeenAt()));
    }
    out.println();
    lines(progress);
    out.println();
    pace(progress);
    line("quota", "%s", quota(progress));
    targets(progress, reasons);
    rejected(reasons);
    openJobs(progress);
    out.println();
    line("next", "%s", next(progress));
    out.flush();
  }

  /** One line. */
  void printShort(RunProgress progress) {
    RunStatus run = progress.tables().run();
    RunLines lines = progress.lines();
    out.printf(
        Locale.ROOT,
        "%s  %s  %-24s %5.1f %%  %,d lines: %s%n",
        run.getRunId(),
        time(Instant.ofEpochMilli(run.getStartedAt())),
        progress.state() + (progress.life().isAlive() ? ", alive" : ""),
        progress.percent(),
        lines.total(),
        counts(lines.byName()));
  }

  private static String state(RunProgress progress) {
    return switch (progress.stage()) {
      case PLANNING ->
          progress.life().isAlive()
              ? "it reads the manifest and plans"
              : "it was launched, and has given no sign of life yet";
      case IMPORTING -> "it imports" + waiting(progress);
      case ENDED -> progress.state().name();
      case KILLED -> "it was killed, or its machine is gone";
    };
  }

  private static String waiting(RunProgress progress) {
    return progress
        .waiting()
        .map(
            waiting ->
                switch (waiting.cause()) {
                  case RESUME ->
                      "; it was asked to pause, and waits for resume since "
                          + time(waiting.since());
                  case QUOTA -> ", and waits for the quota until " + time(waiting.until());
                  case API -> "; the API is away since " + time(waiting.since());
                  case BACKEND ->
                      String.format(Locale.ROOT, "; the backend works on %,d jobs", waiting.jobs());
                })
        .orElse("");
  }

  private static Duration age(RunProgress progress) {
    Instant start = Instant.ofEpochMilli(progress.tables().run().getStartedAt());
    Duration age = Duration.between(start, progress.finishedAt().orElse(progress.at()));
    return age.isNegative() ? Duration.ZERO : age;
  }

  private void lines(RunProgress progress) {
    RunLines lines = progress.lines();
    if (progress.stage() == RunProgress.Stage.PLANNING) {
      line("lines", "%,d read so far", lines.read());
      return;
    }
    int done = (int) (progress.percent() * BAR / 100);
    line(
        "progress",
        "[%s%s] %.1f %%: %,d of %,d lines are accounted for",
        "#".repeat(done),
        "-".repeat(BAR - done),
        progress.percent(),
        lines.accountedFor(),
        lines.total());
    lines
        .byName()
        .forEach(
            (name, count) -> {
              if (count > 0) {
                out.printf(Locale.ROOT, "%,14d %s%n", count, name(name));
              }
            });
  }

  private void pace(RunProgress progress) {
    if (progress.pacePerHour() != null) {
      line("pace", "%,.0f lines an hour", progress.pacePerHour());
    }
    if (progress.endsAt() != null) {
      line(
          "end",
          "about %s, in %s",
          time(progress.endsAt()),
          DryRunReport.text(Duration.between(progress.at(), progress.endsAt())));
    } else if (progress.stage() == RunProgress.Stage.IMPORTING) {
      line("end", "nobody can tell yet: no job has ended within the last quarter of an hour");
    }
  }

  private static String quota(RunProgress progress) {
    return progress.leftToday().isEmpty()
        ? String.format(Locale.ROOT, "%,d requests today, no limit", progress.spentToday())
        : String.format(
            Locale.ROOT,
            "%,d of today's %,d requests are spent, %,d are left",
            progress.spentToday(),
            progress.perDay(),
            progress.leftToday().getAsLong());
  }

  private void targets(RunProgress progress, List<TargetReason> reasons) {
    List<TargetProgress> all = TargetProgress.with(progress.targets(), reasons);
    if (!all.isEmpty()) {
      out.printf("%nTargets%n");
    }
    for (TargetProgress target : all) {
      TargetProgress.Sum items = target.items();
      Map<String, Long> counts = new LinkedHashMap<>();
      counts.put("uploaded", items.uploaded());
      counts.put("failed", items.failed());
      counts.put("missing", items.missing());
      counts.put("refused", items.refused());
      counts.put("unknown", items.unknown());
      counts.put("open", items.open());
      counts.put("stopped", items.stopped());
      out.printf(
          Locale.ROOT,
          "%,14d %s: %s%n",
          items.requested(),
          target.target().describe(),
          counts(counts));
      reasons.stream()
          .filter(reason -> target.target().equals(reason.target()))
          .forEach(this::reason);
    }
  }

  private void rejected(List<TargetReason> reasons) {
    List<TargetReason> rejected =
        reasons.stream().filter(reason -> reason.target() == null).toList();
    if (!rejected.isEmpty()) {
      out.printf("%nRejected lines%n");
      rejected.forEach(this::reason);
    }
  }

  private void reason(TargetReason reason) {
    out.printf(
        Locale.ROOT,
        "%,20d %s: %s%n",
        reason.items(),
        ReasonName.of(reason.state(), reason.code()),
        Objects.requireNonNullElse(reason.message(), "no reason given"));
  }

  private void openJobs(RunProgress progress) {
    long planned = progress.batches(JobState.PLANNED);
    long submitted = progress.batches(JobState.SUBMITTED);
    long unknown = progress.batches(JobState.SUBMIT_UNKNOWN);
    long open = planned + submitted + unknown;
    if (open == 0) {
      return;
    }
    out.printf(
        Locale.ROOT,
        "%nOpen jobs: %,d planned, %,d in work, %,d of unknown outcome%n",
        planned,
        submitted,
        unknown);
    List<JobStatus> oldest = progress.tables().openJobs();
    for (JobStatus job : oldest) {
      long since = job.getSubmittedAt() == null ? job.getPlannedAt() : job.getSubmittedAt();
      out.printf(
          Locale.ROOT,
          "%,14d %s %s %s since %s%n",
          job.getRequested(),
          job.getState(),
          Objects.toString(job.getImportJobId(), job.getBatchId()),
          job.getTarget().describe(),
          time(Instant.ofEpochMilli(since)));
    }
    if (open > oldest.size()) {
      out.printf(Locale.ROOT, "%14s and %,d more: --jobs lists all%n", "", open - oldest.size());
    }
  }

  private static String next(RunProgress progress) {
    if (progress.life().isAlive()) {
      return "nothing is to be done: it goes on by itself";
    }
    return switch (progress.stage()) {
      case PLANNING -> "see whether its workers have begun";
      case KILLED -> "run again with the same command: it goes on where this one was";
      default -> nextOfEnded(progress);
    };
  }

  private static String nextOfEnded(RunProgress progress) {
    return switch (progress.state()) {
      case COMPLETED -> "nothing is to be done: all is uploaded";
      case COMPLETED_WITH_FAILURES -> nextOfFailures(progress.lines());
      case PAUSED ->
          "run again with the same command, once the quota of a new day is there: 00:00:05 UTC";
      case STOPPED -> "correct what the reasons above name, then run again with the same command";
      case FAILED, RUNNING -> "run again with the same command: it goes on where this one was";
    };
  }

  private static String nextOfFailures(RunLines lines) {
    if (lines.get(RunLines.OPEN) > 0) {
      return "run again with the same command, for what is open";
    }
    boolean isTried =
        Stream.of("failed", "missing", "refused", "unknown").anyMatch(name -> lines.get(name) > 0);
    return !isTried && lines.get("rejected") > 0
        ? RunSummary.NEXT_OF_REJECTED
        : "correct what the reasons above name, then run again; --maxAttempts says how often"
            + " an item is tried";
  }

  private static String counts(Map<String, Long> counts) {
    List<String> parts = new ArrayList<>();
    counts.forEach(
        (name, count) -> {
          if (count > 0) {
            parts.add(String.format(Locale.ROOT, "%,d %s", count, name(name)));
          }
        });
    return parts.isEmpty() ? "nothing was sent" : String.join(", ", parts);
  }

  private static String name(String count) {
    return NAMES.getOrDefault(count, count);
  }

  private static String time(Instant time) {
    return TIME.format(time);
  }

  private void line(String name, String format, Object... values) {
    out.printf(Locale.ROOT, "%-9s " + format + "%n", prepend(name, values));
  }

  private static Object[] prepend(String name, Object... values) {
    Object[] all = new Object[values.length + 1];
    all[0] = name;
    System.arraycopy(values, 0, all, 1, values.length);
    return all;
  }
}
