package com.nomadicml.beam.imports;

import com.google.common.primitives.Ints;
import com.google.common.primitives.Longs;
import com.nomadicml.beam.model.ImportJob;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Decides a lane's next request, and when to look again after it: state and time in, decision out.
 * No Beam, no I/O, no sleeping.
 *
 * <p>The cheapest look is one that finds its job finished, so jobs are read in the order of their
 * submission until one is found that the backend has not come to yet. Then that frontier is left
 * alone for a fraction of the time that the lane has been watched, or until all should be finished
 * at the pace seen, whichever is sooner. Jobs that were looked at in vain are looked at again one
 * after the other, until one is in vain again; then they are left alone likewise. So whatever the
 * backend's pace is, looks in vain grow with the logarithm of the time alone. A lane of few pages
 * pauses for less, as requests are plentiful: its results are fresh to a few seconds. No pause
 * follows an age above that of the job that was looked at, and none is longer than ten minutes.
 */
public final class AwaitPolicy {
  private static final Duration FIRST_LOOK = Duration.ofSeconds(1);
  private static final Duration MIN_PAUSE = Duration.ofMillis(4_500);
  private static final Duration MIN_PAUSE_A_PAGE = Duration.ofMillis(30);
  private static final Duration MAX_PAUSE = Duration.ofMinutes(10);
  private static final Duration MIN_PAUSE_AT_THE_END = Duration.ofSeconds(1);

  /** A lane of so many pages has requests to spare. */
  private static final int FEW_PAGES = 50;

  /** Pauses of a lane are between a fourth and a sixteenth of its age: few pages, many pages. */
  private static final int MIN_FRACTION = 4;

  private static final int MAX_FRACTION = 16;
  private static final int PAGES_PER_FRACTION = 250;

  /** How many times shorter a pause may get when all should be finished soon. */
  private static final int AT_THE_END = 4;

  /** How often a pass over a job is given up when its first page is not worth the others. */
  private static final int GIVE_UPS = 3;

  private final Duration timeout;
  private final int pageSize;

  /**
   * @param timeout how long after its submission a job is waited for
   * @param pageSize about how many rows a page has
   */
  public AwaitPolicy(Duration timeout, int pageSize) {
    this.timeout = timeout;
    this.pageSize = pageSize;
  }

  /** The lane's next step: a page of a job, or a wait. A negative job index means to wait. */
  public record Step(int job, String cursor, Duration pause) {
    public boolean isWait() {
      return job < 0;
    }
  }

  /** The state of a lane whose jobs are watched from {@code now} on. */
  public LaneProgress start(List<ImportJob> jobs, Instant now) {
    return LaneProgress.start(
        now.toEpochMilli(),
        pages(jobs),
        jobs.stream()
            .map(
                job ->
                    JobProgress.start(
                        job.getSubmittedAt(), job.getSubmittedAt() + FIRST_LOOK.toMillis()))
            .toList());
  }

  /** What to do now. Must not be asked of a lane that is done. */
  Step next(LaneProgress lane, Instant now) {
    return next(lane, now, job -> false);
  }

  /** The same where some jobs are being read. */
  public Step next(LaneProgress lane, Instant now, IntPredicate isBusy) {
    long millis = now.toEpochMilli();
    int best = -1;
    long bestDue = Long.MAX_VALUE;
    for (int i = 0; i < lane.jobs().size(); i++) {
      JobProgress job = lane.job(i);
      if (job.done() || isBusy.test(i)) {
        continue;
      }
      if (job.pass() != null) {
        // Goes on at once: its hashes are the largest part of the restriction.
        return new Step(i, job.pass().cursor(), Duration.ZERO);
      }
      long due = dueAt(lane, job, millis);
      if (due <= millis && job.isUnread()) {
        // Before any that was looked at in vain, and those in the order of their submission.
        return new Step(i, "", Duration.ZERO);
      }
      if (due < bestDue) {
        best = i;
        bestDue = due;
      }
    }
    if (bestDue > millis) {
      return new Step(-1, "", Duration.ofMillis(bestDue - millis));
    }
    JobProgress job = lane.job(best);
    return new Step(best, job.known() ? job.pendingPages().get(0) : "", Duration.ZERO);
  }

  private static long dueAt(LaneProgress lane, JobProgress job, long now) {
    long due = Math.max(job.nextLookAt(), job.isUnread() ? lane.frontierAt() : lane.relookAt());
    boolean clockWasSetBack =
        due - now > Math.max(FIRST_LOOK.toMillis(), longestPause(lane, age(lane, now)));
    return clockWasSetBack ? now : due;
  }

  /** How long after its submission a job is waited for. */
  Duration timeout() {
    return timeout;
  }

  boolean isOverdue(ImportJob job, Instant now) {
    return now.toEpochMilli() >= deadline(job);
  }

  private long deadline(ImportJob job) {
    return job.getSubmittedAt() + timeout.toMillis();
  }

  /** The lane after the page at {@code cursor} of its job {@code index} was read. */
  public LaneProgress after(
      LaneProgress lane, int index, ImportJob job, String cursor, Look look, Instant now) {
    JobProgress before = lane.job(index);
    JobProgress after = PageReading.after(job, before, cursor, look, now);
    boolean mostlyFinal = look.isMostlyFinal(before.rowsOfPass(), job.getRequested());
    boolean givenUp =
        after.pass() != null
            && before.pass() == null
            && !mostlyFinal
            && lane.pages() > FEW_PAGES
            && before.inVain() < GIVE_UPS
            && !isOverdue(job, now);
    if (after.pass() != null && !givenUp) {
      return lane.with(index, after);
    }
    if (isOverdue(job, now)) {
      // It ends with this look, so it is no reason to leave the others alone.
      return lane.with(index, after.lookAgainAt(now.toEpochMilli()));
    }
    boolean roundGoesOn = before.known() && !look.hasPending();
    if (after.done() || roundGoesOn) {
      LaneProgress next = lane.with(index, after.lookAgainAt(now.toEpochMilli()));
      return before.isUnread() ? next : next.withRelook(lane.relookAt(), lane.relooks() + 1);
    }
    double reached = lane.reachedBut(index) + look.finalPart(before, job.getRequested());
    LaneProgress next = inVain(lane, index, job, after, reached, now);
    // A job that lacks but a few rows says nothing of those behind it.
    return before.isUnread() && mostlyFinal ? next.withFrontierAt(lane.frontierAt()) : next;
  }

  /** The lane after a look that was not answered: the job is read from its first page later. */
  public LaneProgress afterFailure(LaneProgress lane, int index, ImportJob job, Instant now) {
    return inVain(lane, index, job, lane.job(index), lane.reached(), now)
        .withFrontierAt(lane.frontierAt());
  }

  private LaneProgress inVain(
      LaneProgress lane,
      int index,
      ImportJob job,
      JobProgress progress,
      double reached,
      Instant now) {
    long millis = now.toEpochMilli();
    // A pause follows the age of the job itself.
    long age = Math.min(age(lane, millis), Math.max(0, millis - job.getSubmittedAt()));
    long pause = pause(lane, reached, millis, age);
    long untilDeadline = deadline(job) - millis;
    long next = millis + Math.min(pause, untilDeadline);
    LaneProgress after = lane.with(index, progress.lookedInVain(next)).withStop(millis, reached);
    if (lane.job(index).isUnread()) {
      return after.withFrontierAt(next);
    }
    // The more looks were worth it since the last in vain, the sooner the next may be in vain.
    long relookPause = Math.max(MIN_PAUSE_AT_THE_END.toMillis(), pause / (1 + lane.relooks()));
    return after.withRelook(millis + Math.min(relookPause, untilDeadline), 0);
  }

  /** How long to leave the lane alone, in milliseconds, now that a look has been in vain. */
  private static long pause(LaneProgress lane, double reached, long now, long age) {
    long most = longestPause(lane, age);
    long least =
        Math.min(
            most, Math.max(MIN_PAUSE_AT_THE_END.toMillis(), age / fraction(lane) / AT_THE_END));
    double pace = (reached - lane.reached()) / Math.max(1, now - lane.stoppedAt());
    double untilTheEnd = pace <= 0 ? most : (lane.jobs().size() - reached) / pace;
    return (long) Math.min(most, Math.max(least, untilTheEnd));
  }

  private static long longestPause(LaneProgress lane, long age) {
    long longest =
        Longs.max(
            MIN_PAUSE.toMillis(), lane.pages() * MIN_PAUSE_A_PAGE.toMillis(), age / fraction(lane));
    return Math.min(longest, MAX_PAUSE.toMillis());
  }

  private static int fraction(LaneProgress lane) {
    return Ints.constrainToRange(lane.pages() / PAGES_PER_FRACTION, MIN_FRACTION, MAX_FRACTION);
  }

  private static long age(LaneProgress lane, long now) {
    return Math.max(0, now - lane.startedAt());
  }

  /** About how many pages these jobs have. */
  int pages(List<ImportJob> jobs) {
    return jobs.stream().mapToInt(this::pages).sum();
  }

  /** About how many pages this job has. */
  int pages(ImportJob job) {
    return Math.max(1, (job.getRequested() + pageSize - 1) / pageSize);
  }
}
