package com.nomadicml.beam.pipeline;

import com.google.common.math.LongMath;
import com.nomadicml.beam.api.RequestBudget;
import com.nomadicml.beam.imports.lane.Ending;
import com.nomadicml.beam.imports.lane.RunWish;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.status.RunNumbers;
import com.nomadicml.beam.status.RunSnapshot;
import com.nomadicml.beam.status.RunSnapshot.Event;
import com.nomadicml.beam.status.RunState;
import com.nomadicml.beam.status.RunStatus;
import com.nomadicml.beam.status.StatusStore;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import javax.annotation.Nullable;

/**
 * How far a run is, from the tables alone: the same for everyone who asks.
 *
 * @param at when it was asked
 * @param pacePerHour lines that come to their end within an hour, by the last quarter of one; null
 *     when none did
 * @param endsAt when all lines will have, by the pace and the quota; null when nobody can tell
 * @param spentToday requests of all runs today
 * @param perDay requests that a day has; 0 for no limit
 */
record RunProgress(
    RunSnapshot tables,
    Instant at,
    Stage stage,
    RunLife life,
    RunLines lines,
    List<TargetProgress> targets,
    @Nullable Double pacePerHour,
    @Nullable Instant endsAt,
    long spentToday,
    long perDay,
    Optional<Waiting> waiting) {

  /** What a pace is measured by. */
  private static final Duration PACE = Duration.ofMinutes(15);

  /** Less is too short to tell a pace. */
  private static final Duration LEAST_PACE = Duration.ofMinutes(1);

  private static final double HOUR = Duration.ofHours(1).toMillis();

  /** Fewer settled items say little of what the others will cost. */
  private static final long ENOUGH_ITEMS = 1_000;

  /** As the API gives them, if nobody says otherwise. */
  private static final long ROWS_A_PAGE = 500;

  private static final long PER_MINUTE = 60;
  private static final long PER_DAY = 10_000;

  /** What a run is at. */
  enum Stage {
    /** It reads the manifest, and compares it with the tables. */
    PLANNING,
    IMPORTING,
    ENDED,
    /** It has not ended, and gives no sign of life any more. */
    KILLED
  }

  /** What a run may wait for. */
  enum Cause {
    /** Somebody has asked it to pause. */
    RESUME,
    QUOTA,
    API,
    BACKEND
  }

  /**
   * What a run waits for.
   *
   * @param since null where the tables do not say it
   * @param until null when nobody can tell
   * @param jobs that the backend is at work on
   */
  record Waiting(Cause cause, @Nullable Instant since, @Nullable Instant until, long jobs) {}

  /** How far a run is now; empty where the tables do not know it. */
  static Optional<RunProgress> of(StatusStore store, String runId, Instant now) {
    return store
        .numbers()
        .flatMap(numbers -> numbers.of(runId, question(now, 0)))
        .map(tables -> of(tables, now));
  }

  /** What is asked of the tables. */
  static RunNumbers.Question question(Instant now, int openJobs) {
    return new RunNumbers.Question(now.minus(PACE), RequestBudget.dayOf(now), openJobs);
  }

  static RunProgress of(RunSnapshot tables, Instant now) {
    RunStatus run = tables.run();
    RunLife life = RunLife.of(tables, now);
    boolean isPlanning = run.getState() == RunState.RUNNING && tables.lane().isEmpty();
    Stage stage = stage(run, life, isPlanning);
    int maxAttempts = (int) option(run, "maxAttempts", 1);
    List<TargetProgress> targets = TargetProgress.of(tables, maxAttempts);
    RunLines lines = RunLines.of(tables, TargetProgress.sum(targets), isPlanning);
    long perDay = option(run, "requestsPerDay", PER_DAY);
    Double pace = stage == Stage.IMPORTING ? pace(tables, now) : null;
    boolean isSpent = perDay > 0 && tables.spent() >= perDay;
    boolean hasEnd =
        stage == Stage.IMPORTING
            && !RunLife.isStream(tables)
            && lines.get(RunLines.OPEN) > 0
            && (pace != null || isSpent);
    return new RunProgress(
        tables,
        now,
        stage,
        life,
        lines,
        targets,
        pace,
        hasEnd ? end(tables, lines, pace, perDay, now) : null,
        tables.spent(),
        perDay,
        stage == Stage.IMPORTING ? waiting(tables, isSpent, now) : Optional.empty());
  }

  private static Stage stage(RunStatus run, RunLife life, boolean isPlanning) {
    if (life.isKilled()) {
      return Stage.KILLED;
    }
    if (run.getState() != RunState.RUNNING) {
      return Stage.ENDED;
    }
    return isPlanning ? Stage.PLANNING : Stage.IMPORTING;
  }

  @Nullable
  private static Double pace(RunSnapshot tables, Instant now) {
    if (tables.firstSentAt() == null || tables.finished() == 0) {
      return null;
    }
    Duration since = Duration.between(tables.firstSentAt(), now);
    Duration time = since.compareTo(PACE) > 0 ? PACE : since;
    time = time.compareTo(LEAST_PACE) < 0 ? LEAST_PACE : time;
    return tables.finished() * HOUR / time.toMillis();
  }

  /** By the slower of the backend and the quota, whose days begin anew at midnight (UTC). */
  private static Instant end(
      RunSnapshot tables, RunLines lines, @Nullable Double pace, long perDay, Instant now) {
    RunStatus run = tables.run();
    long open = lines.get(RunLines.OPEN);
    long unsent = batches(tables, JobState.PLANNED);
    long pages = LongMath.divide(open, option(run, "pageSize", ROWS_A_PAGE), RoundingMode.CEILING);
    long settled = lines.get("uploaded") + lines.get("failed");
    double perItem = settled < ENOUGH_ITEMS ? 0 : (double) run.getRequests() / settled;
    long requests = Math.max(unsent + pages, (long) Math.ceil(perItem * open));
    QuotaForecast quota =
        new QuotaForecast((int) option(run, "requestsPerMinute", PER_MINUTE), (int) perDay);
    Instant byQuota = quota.end(requests, tables.spent(), now);
    Instant byPace = pace == null ? now : now.plusMillis((long) (open * HOUR / pace));
    return byQuota.isAfter(byPace) ? byQuota : byPace;
  }

  private static Optional<Waiting> waiting(RunSnapshot tables, boolean isSpent, Instant now) {
    Event pause = null;
    Event news = null;
    for (Event event : tables.events()) {
      news = event.kind().startsWith("API_") ? event : news;
      if (event.kind().equals(RunWish.Kind.PAUSE.effect())) {
        pause = event;
      } else if (event.kind().equals(RunWish.Kind.RESUME.effect())) {
        pause = null;
      }
    }
    if (pause != null) {
      return Optional.of(new Waiting(Cause.RESUME, pause.at(), null, 0));
    }
    if (news != null && news.kind().equals("API_AWAY")) {
      return Optional.of(new Waiting(Cause.API, news.at(), null, 0));
    }
    if (isSpent) {
      return Optional.of(new Waiting(Cause.QUOTA, null, nextDay(now), 0));
    }
    long submitted = batches(tables, JobState.SUBMITTED);
    return submitted > 0 && batches(tables, JobState.PLANNED) == 0
        ? Optional.of(new Waiting(Cause.BACKEND, null, null, submitted))
        : Optional.empty();
  }

  /** When the quota of the next day may be used. */
  static Instant nextDay(Instant now) {
    return RequestBudget.dayOf(now)
        .plusDays(1)
        .atStartOfDay(ZoneOffset.UTC)
        .toInstant()
        .plus(RequestBudget.AFTER_MIDNIGHT);
  }

  /** Batches of the run that are in a state. */
  long batches(JobState state) {
    return batches(tables, state);
  }

  private static long batches(RunSnapshot tables, JobState state) {
    return tables.batches().stream()
        .filter(batches -> batches.state() == state)
        .mapToLong(RunSnapshot.Batches::batches)
        .sum();
  }

  private static long option(RunStatus run, String name, long otherwise) {
    return OptionsText.number(run.getOptions(), name, otherwise);
  }

  /** In percent of all lines accounted for; 0 until their number is known. */
  double percent() {
    boolean isEmpty = stage == Stage.ENDED && lines.total() == 0;
    return stage == Stage.PLANNING ? 0 : isEmpty ? 100 : lines.percent();
  }

  /** The state of the run; of one that was killed, what the next run will make of it. */
  RunState state() {
    return stage == Stage.KILLED ? RunState.FAILED : tables.run().getState();
  }

  /** Requests that are left today; empty without a limit. */
  OptionalLong leftToday() {
    return perDay == 0 ? OptionalLong.empty() : OptionalLong.of(Math.max(0, perDay - spentToday));
  }

  /** When the run has ended; of one that was killed, its last sign of life. */
  Optional<Instant> finishedAt() {
    return stage == Stage.KILLED
        ? Optional.ofNullable(life.lastSeenAt())
        : Optional.ofNullable(tables.run().getFinishedAt()).map(Instant::ofEpochMilli);
  }

  /** What the run has told its caller, or will; {@link ExitCode#OK} while it is alive. */
  int exitCode() {
    boolean isRefused =
        tables.lane().map(lane -> Ending.Kind.REFUSED.name().equals(lane.ending())).orElse(true);
    return switch (state()) {
      case RUNNING, COMPLETED -> ExitCode.OK;
      case COMPLETED_WITH_FAILURES -> ExitCode.SOME_NOT_UPLOADED;
      case PAUSED -> ExitCode.PAUSED;
      case STOPPED -> isRefused ? ExitCode.BAD_INPUT : ExitCode.STOPPED;
      case FAILED -> ExitCode.BROKEN;
    };
  }
}
