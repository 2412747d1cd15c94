package com.nomadicml.beam.imports;

import com.google.common.collect.Comparators;
import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.HeldBackException;
import com.nomadicml.beam.api.NomadicApiFactory;
import com.nomadicml.beam.api.QuotaSpentException;
import com.nomadicml.beam.api.RequestsEndedException;
import com.nomadicml.beam.api.RunStoppedException;
import com.nomadicml.beam.imports.AwaitPolicy.Step;
import com.nomadicml.beam.model.ImportJob;
import com.nomadicml.beam.model.JobPage;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.SeenVideo;
import com.nomadicml.beam.model.VisibleText;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.annotation.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out what the {@link AwaitPolicy} decides, a step at a time. */
final class LaneReader {
  private static final Logger LOG = LoggerFactory.getLogger(LaneReader.class);
  private static final int MAX_HELD_BACK = 2;

  /** So that a stop is noticed soon. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

  private final JobReader reader;
  private final AwaitPolicy policy;
  private final Clock clock;
  private final boolean firstSuccess;
  private final NomadicApiFactory apis;

  /** Jobs in trouble of which a person has been told. */
  private final Set<String> told = new HashSet<>();

  /** Of the page that is due; so that one that can't be read does not keep the others waiting. */
  private int heldBackInARow;

  /**
   * @param apis knows whether the run was stopped
   * @param firstSuccess whether a job ends as soon as one of its items is uploaded
   */
  LaneReader(
      NomadicApiFactory apis,
      JobReader reader,
      AwaitPolicy policy,
      Clock clock,
      boolean firstSuccess) {
    this.apis = apis;
    this.reader = reader;
    this.policy = policy;
    this.clock = clock;
    this.firstSuccess = firstSuccess;
  }

  /** The lane after a step, and the pages to hand on; or how long to wait before the next. */
  record Reading(LaneProgress after, List<JobPage> pages, Duration pause) {
    boolean isWait() {
      return !pause.isZero();
    }
  }

  /**
   * Takes the next step of a lane that is not done.
   *
   * @param jobs of the lane, in the order of their submission
   */
  Reading read(List<ImportJob> jobs, LaneProgress before) {
    List<JobPage> pages = new ArrayList<>();
    LaneProgress after;
    try {
      apis.stopReason().ifPresent(LaneReader::stop);
      Step step = policy.next(before, clock.instant());
      if (step.isWait()) {
        return new Reading(before, pages, Comparators.min(step.pause(), LONGEST_WAIT));
      }
      LaneMetrics.look(jobs, before, clock.instant());
      after = look(jobs.get(step.job()), before, step, pages);
    } catch (RequestsEndedException e) {
      after = leaveToTheNextRun(jobs, before, e, pages);
    }
    if (!firstSuccess) {
      // What ends with its first success is only a canary so far, and awaited again.
      LaneMetrics.ended(jobs, before, after, policy, clock.instant());
    }
    return new Reading(after, pages, Duration.ZERO);
  }

  private static void stop(String reason) {
    throw new RunStoppedException(reason);
  }

  /** Reads one page, and adds what it showed to {@code pages}. */
  private LaneProgress look(ImportJob job, LaneProgress before, Step step, List<JobPage> pages) {
    int index = step.job();
    try {
      Look look = reader.read(job, step.cursor());
      heldBackInARow = 0;
      Instant now = clock.instant();
      LaneProgress after = policy.after(before, index, job, step.cursor(), look, now);
      JobProgress progress = after.job(index);
      boolean enough = firstSuccess && look.hasSuccess();
      Optional<JobEnd> end =
          enough
              ? Optional.of(new JobEnd(JobState.COMPLETED, null))
              : JobEnd.after(look, progress, job, policy, now);
      JobState state = end.map(JobEnd::state).orElse(null);
      pages.add(page(job, progress, look.videos(), state, end.map(JobEnd::reason).orElse(null)));
      if (end.isEmpty()) {
        return after.with(index, progress.looked());
      }
      return after.with(index, progress.looked().ended());
    } catch (ApiException e) {
      return failed(job, before, index, e, pages);
    }
  }

  private LaneProgress failed(
      ImportJob job, LaneProgress before, int index, ApiException e, List<JobPage> pages) {
    if (e.isAccountRefusal()) {
      ImportMetrics.counter(ImportMetrics.ACCOUNT_REFUSALS).inc();
      apis.stop(ImportRefusedException.of(e).getMessage());
      return before;
    }
    if (e instanceof HeldBackException && heldBackInARow < MAX_HELD_BACK) {
      heldBackInARow++;
      return before;
    }
    heldBackInARow = 0;
    Instant now = clock.instant();
    Optional<JobEnd> end = JobEnd.afterFailure(e, job, policy, now);
    if (end.isEmpty()) {
      if (e.kind() != ApiException.Kind.PERMANENT && told.add(job.getImportJobId())) {
        LOG.warn(
            "Import job {} can't be read now, and is read again: {}",
            VisibleText.of(job.getImportJobId()),
            VisibleText.of(e.getMessage()));
      }
      return policy.afterFailure(before, index, job, now);
    }
    LOG.warn(
        "Import job {} can't be read: {}",
        VisibleText.of(job.getImportJobId()),
        VisibleText.of(e.getMessage()));
    pages.add(page(job, before.job(index), List.of(), end.get().state(), end.get().reason()));
    return before.with(index, before.job(index).ended());
  }

  /** Leaves all open jobs to the next run, {@code SUBMITTED} as they are. */
  private static LaneProgress leaveToTheNextRun(
      List<ImportJob> jobs, LaneProgress before, RequestsEndedException e, List<JobPage> pages) {
    for (int i = 0; i < before.jobs().size(); i++) {
      ImportJob job = jobs.get(i);
      if (!before.job(i).done()) {
        if (e instanceof QuotaSpentException) {
          ImportMetrics.counter(ImportMetrics.PAUSED).inc(job.getRequested());
        }
        pages.add(page(job, before.job(i), List.of(), JobState.SUBMITTED, e.getMessage()));
      }
    }
    return before.ended();
  }

  private static JobPage page(
      ImportJob job,
      JobProgress progress,
      List<SeenVideo> videos,
      @Nullable JobState end,
      @Nullable String reason) {
    return JobPage.of(job.getBatchId(), progress.looks(), progress.total(), videos, end, reason);
  }
}
