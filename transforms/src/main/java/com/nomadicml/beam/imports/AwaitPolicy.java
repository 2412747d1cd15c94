package com.nomadicml.beam.imports;

import com.google.common.primitives.Ints;
import com.nomadicml.beam.model.ImportJob;
import com.nomadicml.beam.model.SeenVideo;
import com.nomadicml.beam.model.VideoState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.annotation.Nullable;

/**
 * Decides a lane's next request, and when to look again after it: state and time in, decision out.
 * No Beam, no I/O, no sleeping.
 *
 * <p>The cheapest look is one that finds its job finished, so jobs are read in the order of their
 * submission until one is found that the backend has not come to yet. The pause after such a look
 * in vain is a fraction of the time the lane has waited, so whatever the backend's pace is, the
 * looks in vain grow with the logarithm of the time alone. A lane of few pages pauses for less, as
 * requests are plentiful: its results are fresh to a few seconds.
 */
final class AwaitPolicy {
  private static final Duration FIRST_LOOK = Duration.ofSeconds(1);
  private static final Duration MIN_PAUSE = Duration.ofMillis(4_500);

  /** A lane of so many pages has requests to spare. */
  private static final int FEW_PAGES = 50;

  /** Pauses of a lane are between a fourth and a sixteenth of its age: few pages, many pages. */
  private static final int MIN_LANE_FRACTION = 4;

  private static final int MAX_LANE_FRACTION = 16;
  private static final int PAGES_PER_FRACTION = 125;

  /** A job that was looked at in vain: its pause is a fourth of its age, or its age. */
  private static final int EAGER_JOB_FRACTION = 4;

  private static final int THRIFTY_JOB_FRACTION = 1;

  /** How often a pass over a job is given up when its first page is not worth the others. */
  private static final int GIVE_UPS = 3;

  private static final double MOSTLY = 0.9;

  private final Duration timeout;
  private final int pageSize;

  /**
   * @param timeout how long after its submission a job is waited for
   * @param pageSize about how many rows a page has
   */
  AwaitPolicy(Duration timeout, int pageSize) {
    this.timeout = timeout;
    this.pageSize = pageSize;
  }

  /** The lane's next step: a page of a job, or a wait. A negative job index means to wait. */
  record Step(int job, String cursor, Duration pause) {
    boolean isWait() {
      return job < 0;
    }
  }

  /** What rows of one page were seen, and where the API says that the job goes on. */
  record Look(int total, @Nullable String nextCursor, List<SeenVideo> videos) {
    boolean hasSuccess() {
      return videos.stream().anyMatch(video -> video.getState() == VideoState.UPLOADED);
    }

    boolean hasPending() {
      return videos.stream().anyMatch(video -> !video.getState().isFinal());
    }

    /** Whether most of the items that the page may hold are terminal. */
    boolean isMostlyFinal(int items) {
      long ended = videos.stream().filter(video -> video.getState().isFinal()).count();
      return ended >= MOSTLY * items;
    }
  }

  /** The state of a lane whose jobs are watched from {@code now} on. */
  LaneProgress start(List<ImportJob> jobs, Instant now) {
    return new LaneProgress(
        now.toEpochMilli(),
        now.toEpochMilli(),
        jobs.stream().mapToInt(this::pages).sum(),
        jobs.stream()
            .map(
                job ->
                    JobProgress.start(
                        job.getSubmittedAt(), job.getSubmittedAt() + FIRST_LOOK.toMillis()))
            .toList());
  }

  /** What to do now. Must not be asked of a lane that is done. */
  Step next(LaneProgress lane, Instant now) {
    long millis = now.toEpochMilli();
    int best = -1;
    long bestDue = Long.MAX_VALUE;
    for (int i = 0; i < lane.jobs().size(); i++) {
      JobProgress job = lane.job(i);
      if (job.done()) {
        continue;
      }
      if (job.pass() != null) {
        // Goes on at once: its hashes are the largest part of the restriction.
        return new Step(i, job.pass().cursor(), Duration.ZERO);
      }
      long due = dueAt(lane, job);
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

  private static long dueAt(LaneProgress lane, JobProgress job) {
    return job.isUnread() ? Math.max(job.nextLookAt(), lane.frontierAt()) : job.nextLookAt();
  }

  boolean isOverdue(ImportJob job, Instant now) {
    return now.toEpochMilli() >= deadline(job);
  }

  private long deadline(ImportJob job) {
    return job.getSubmittedAt() + timeout.toMillis();
  }

  /** The lane after the page at {@code cursor} of its job {@code index} was read. */
  LaneProgress after(
      LaneProgress lane, int index, ImportJob job, String cursor, Look look, Instant now) {
    JobProgress before = lane.job(index);
    JobProgress after = PageReading.after(job, before, cursor, look, now);
    boolean mostlyFinal = look.isMostlyFinal(Math.min(pageSize, Math.max(1, job.getRequested())));
    boolean givenUp =
        after.pass() != null
            && before.pass() == null
            && !mostlyFinal
            && isLarge(lane)
            && before.inVain() < GIVE_UPS
            && !isOverdue(job, now);
    if (after.done() || (after.pass() != null && !givenUp)) {
      return lane.with(index, after);
    }
    boolean roundGoesOn = before.known() && !look.hasPending();
    if (roundGoesOn) {
      return lane.with(index, after.lookAgainAt(now.toEpochMilli()));
    }
    LaneProgress next = lane.with(index, inVain(lane, job, after, now));
    return before.isUnread() && !mostlyFinal
        ? next.withFrontierAt(now.toEpochMilli() + lanePause(lane, now))
        : next;
  }

  /** The lane after a look that was not answered: the job is read from its first page later. */
  LaneProgress afterFailure(LaneProgress lane, int index, ImportJob job, Instant now) {
    return lane.with(index, inVain(lane, job, lane.job(index), now));
  }

  private JobProgress inVain(LaneProgress lane, ImportJob job, JobProgress progress, Instant now) {
    long pause = jobPause(lane, job, now) / Math.max(1, progress.pendingPages().size());
    long next = now.toEpochMilli() + Math.max(MIN_PAUSE.toMillis(), pause);
    boolean late = isOverdue(job, now);
    return progress.lookedInVain(late ? next : Math.min(next, deadline(job)));
  }

  private long jobPause(LaneProgress lane, ImportJob job, Instant now) {
    long watched = now.toEpochMilli() - Math.max(job.getSubmittedAt(), lane.startedAt());
    return watched / (isLarge(lane) ? THRIFTY_JOB_FRACTION : EAGER_JOB_FRACTION);
  }

  private static long lanePause(LaneProgress lane, Instant now) {
    int fraction =
        Ints.constrainToRange(
            lane.pages() / PAGES_PER_FRACTION, MIN_LANE_FRACTION, MAX_LANE_FRACTION);
    return Math.max(MIN_PAUSE.toMillis(), (now.toEpochMilli() - lane.startedAt()) / fraction);
  }

  private static boolean isLarge(LaneProgress lane) {
    return lane.pages() > FEW_PAGES;
  }

  private int pages(ImportJob job) {
    return Math.max(1, (job.getRequested() + pageSize - 1) / pageSize);
  }
}
