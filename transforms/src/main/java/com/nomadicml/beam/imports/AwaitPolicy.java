package com.nomadicml.beam.imports;

import com.nomadicml.beam.imports.JobProgress.Pass;
import com.nomadicml.beam.model.ImportJob;
import com.nomadicml.beam.model.SeenVideo;
import com.nomadicml.beam.model.VideoState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import javax.annotation.Nullable;

/**
 * Decides a lane's next request, and what an answer means for the job: state and time in, decision
 * out. No Beam, no I/O, no sleeping.
 *
 * <p>A job is ready when every item has been seen and is terminal (vendor page: {@code total} and
 * {@code get_import_job_videos()} are the readiness contract). Late rows may sort before a cursor,
 * so a job whose items are not all known is read from its first page again; once they are, only the
 * pages that still hold a pending row.
 */
final class AwaitPolicy {
  private static final Duration FIRST_LOOK = Duration.ofSeconds(1);
  private static final Duration MIN_PAUSE = Duration.ofSeconds(2);
  private static final Duration MAX_PAUSE = Duration.ofSeconds(60);

  /** How long a job with strange rows has to stay as it is before it is taken for finished. */
  private static final Duration QUIET = Duration.ofSeconds(30);

  private static final int QUIET_PASSES = 2;
  private static final int PAUSE_FRACTION_OF_AGE = 4;

  private final Duration timeout;

  /**
   * @param timeout how long after its submission a job is waited for
   */
  AwaitPolicy(Duration timeout) {
    this.timeout = timeout;
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
  }

  LaneProgress start(List<ImportJob> jobs) {
    return new LaneProgress(
        jobs.stream()
            .map(
                job ->
                    JobProgress.start(
                        job.getSubmittedAt(), job.getSubmittedAt() + FIRST_LOOK.toMillis()))
            .toList());
  }

  /** What to do now. Must not be asked of a lane that is done. */
  Step next(LaneProgress lane, Instant now) {
    int earliest = -1;
    for (int i = 0; i < lane.jobs().size(); i++) {
      JobProgress job = lane.job(i);
      if (!job.done() && (earliest < 0 || dueAt(job) < dueAt(lane.job(earliest)))) {
        earliest = i;
      }
    }
    JobProgress job = lane.job(earliest);
    long wait = dueAt(job) - now.toEpochMilli();
    if (wait > 0) {
      return new Step(-1, "", Duration.ofMillis(wait));
    }
    if (job.pass() != null) {
      return new Step(earliest, job.pass().cursor(), Duration.ZERO);
    }
    return new Step(earliest, job.known() ? job.pendingPages().get(0) : "", Duration.ZERO);
  }

  /** A pass that has begun goes on at once: its hashes are the largest part of the restriction. */
  private static long dueAt(JobProgress job) {
    return job.pass() == null ? job.nextLookAt() : 0;
  }

  boolean isOverdue(ImportJob job, Instant now) {
    return now.toEpochMilli() - job.getSubmittedAt() >= timeout.toMillis();
  }

  /** The job's progress after the page at {@code cursor} was read. */
  JobProgress after(ImportJob job, JobProgress before, String cursor, Look look, Instant now) {
    return before.known()
        ? afterRevisit(job, before, cursor, look, now)
        : afterPassPage(job, before, cursor, look, now);
  }

  /** The job's progress after a look that was not answered: it is looked at again later. */
  JobProgress afterFailure(ImportJob job, JobProgress before, Instant now) {
    return withPass(before, null, List.of(), before.total())
        .lookAgainAt(now.toEpochMilli() + pause(job, now));
  }

  private JobProgress afterRevisit(
      ImportJob job, JobProgress before, String cursor, Look look, Instant now) {
    List<String> pages = new ArrayList<>(before.pendingPages());
    pages.remove(cursor);
    boolean pending = hasPending(look);
    if (pending) {
      pages.add(cursor);
    }
    long millis = now.toEpochMilli();
    // The rest of a round goes on at once; a page that is still pending ends up at its end.
    boolean roundGoesOn = !pending && !pages.isEmpty();
    return new JobProgress(
        pages.isEmpty(),
        true,
        roundGoesOn ? millis : millis + pause(job, now) / Math.max(1, pages.size()),
        pending ? before.changedAt() : millis,
        0,
        before.digest(),
        before.total(),
        before.looks(),
        null,
        pages);
  }

  private JobProgress afterPassPage(
      ImportJob job, JobProgress before, String cursor, Look look, Instant now) {
    Pass pass = extend(before.pass(), cursor, look);
    List<String> pendingPages =
        new ArrayList<>(before.pass() == null ? List.of() : before.pendingPages());
    if (hasPending(look)) {
      pendingPages.add(cursor);
    }
    int total = Math.max(before.total(), look.total());
    String next = look.nextCursor();
    if (next != null && !pass.cursors().contains(next) && pass.cursors().size() < maxPages(job)) {
      return withPass(
          before,
          new Pass(next, pass.cursors(), pass.uris(), pass.rows(), pass.digest()),
          pendingPages,
          total);
    }
    boolean looped = next != null;
    return afterPass(job, before, pass, pendingPages, total, looped, now);
  }

  private JobProgress afterPass(
      ImportJob job,
      JobProgress before,
      Pass pass,
      List<String> pendingPages,
      int total,
      boolean looped,
      Instant now) {
    long millis = now.toEpochMilli();
    boolean changed = pass.digest() != before.digest();
    long changedAt = changed ? millis : before.changedAt();
    int quietPasses = changed || looped ? 0 : before.quietPasses() + 1;
    boolean settledDown =
        pass.rows() >= Math.max(total, job.getRequested())
            && quietPasses >= QUIET_PASSES
            && millis - changedAt >= QUIET.toMillis();
    boolean known = seenAll(job, pass) || settledDown;
    boolean done = known && pendingPages.isEmpty();
    return new JobProgress(
        done,
        known,
        millis + pause(job, now),
        changedAt,
        quietPasses,
        pass.digest(),
        total,
        before.looks(),
        null,
        known ? pendingPages : List.of());
  }

  /** Pages of one row each, and as much again for rows that nobody asked for. */
  private static int maxPages(ImportJob job) {
    return 2 * job.getRequested() + 16;
  }

  private static boolean seenAll(ImportJob job, Pass pass) {
    long sum = 0;
    for (long uri : pass.uris()) {
      sum += uri;
    }
    return pass.uris().size() == job.getRequested() && sum == job.getFingerprint();
  }

  private static Pass extend(@Nullable Pass pass, String cursor, Look look) {
    Set<String> cursors = new LinkedHashSet<>(pass == null ? Set.of() : pass.cursors());
    Set<Long> uris = new HashSet<>(pass == null ? Set.of() : pass.uris());
    Set<String> ids = new HashSet<>();
    long digest = pass == null ? 0 : pass.digest();
    cursors.add(cursor);
    for (SeenVideo video : look.videos()) {
      ids.add(video.getVideoId());
      if (video.getSourceUri() != null) {
        uris.add(UriFingerprint.of(video.getSourceUri()));
      }
      digest += 31L * UriFingerprint.of(video.getVideoId()) + Objects.hash(video.getApiStatus());
    }
    int rows = (pass == null ? 0 : pass.rows()) + ids.size();
    return new Pass(cursor, cursors, uris, rows, digest);
  }

  private static JobProgress withPass(
      JobProgress job, @Nullable Pass pass, List<String> pendingPages, int total) {
    return new JobProgress(
        false,
        job.known(),
        job.nextLookAt(),
        job.changedAt(),
        job.quietPasses(),
        job.digest(),
        total,
        job.looks(),
        pass,
        job.known() ? job.pendingPages() : pendingPages);
  }

  private static boolean hasPending(Look look) {
    return look.videos().stream().anyMatch(video -> !video.getState().isFinal());
  }

  /** A job is looked at less often the older it is: a quarter of its age apart. */
  private static long pause(ImportJob job, Instant now) {
    long age = now.toEpochMilli() - job.getSubmittedAt();
    return Math.max(
        MIN_PAUSE.toMillis(), Math.min(MAX_PAUSE.toMillis(), age / PAUSE_FRACTION_OF_AGE));
  }
}
