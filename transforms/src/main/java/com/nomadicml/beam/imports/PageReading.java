package com.nomadicml.beam.imports;

import com.nomadicml.beam.imports.JobProgress.Pass;
import com.nomadicml.beam.model.ImportJob;
import com.nomadicml.beam.model.SeenVideo;
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
 * What a page means for its job: state and answer in, state out.
 *
 * <p>A job is ready when every item has been seen and is terminal (vendor page: {@code total} and
 * {@code get_import_job_videos()} are the readiness contract). Late rows may sort before a cursor,
 * so a job whose items are not all known is read from its first page again; once they are, only the
 * pages that still hold a pending row.
 */
final class PageReading {
  /** How long a job with strange rows has to stay as it is before it is taken for finished. */
  private static final Duration QUIET = Duration.ofMinutes(1);

  private static final int QUIET_PASSES = 2;

  private PageReading() {}

  /** The job's progress after the page at {@code cursor} was read. */
  static JobProgress after(
      ImportJob job, JobProgress before, String cursor, Look look, Instant now) {
    return before.known()
        ? afterRevisit(before, cursor, look, now)
        : afterPassPage(job, before, cursor, look, now);
  }

  private static JobProgress afterRevisit(
      JobProgress before, String cursor, Look look, Instant now) {
    List<String> pages = new ArrayList<>(before.pendingPages());
    pages.remove(cursor);
    boolean pending = look.hasPending();
    if (pending) {
      // At the end of the round.
      pages.add(cursor);
    }
    return new JobProgress(
        pages.isEmpty(),
        true,
        before.nextLookAt(),
        pending ? before.changedAt() : now.toEpochMilli(),
        before.inVain(),
        0,
        before.digest(),
        before.total(),
        before.looks(),
        null,
        pages);
  }

  private static JobProgress afterPassPage(
      ImportJob job, JobProgress before, String cursor, Look look, Instant now) {
    Pass pass = extend(before.pass(), cursor, look);
    List<String> pendingPages =
        new ArrayList<>(before.pass() == null ? List.of() : before.pendingPages());
    if (look.hasPending()) {
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

  private static JobProgress afterPass(
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
        before.nextLookAt(),
        changedAt,
        before.inVain(),
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
    // Of items that differ by escapes only, which have one hash, each has to have its row.
    boolean hasAllRows =
        pass.uris().size() == job.getRequested() || pass.rows() >= job.getRequested();
    return hasAllRows && sum == job.getFingerprint();
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
      JobProgress job, Pass pass, List<String> pendingPages, int total) {
    return new JobProgress(
        false,
        job.known(),
        job.nextLookAt(),
        job.changedAt(),
        job.inVain(),
        job.quietPasses(),
        job.digest(),
        total,
        job.looks(),
        pass,
        pendingPages);
  }
}
