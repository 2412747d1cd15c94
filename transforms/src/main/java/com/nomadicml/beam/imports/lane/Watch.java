package com.nomadicml.beam.imports.lane;

import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.imports.AwaitPolicy;
import com.nomadicml.beam.imports.JobEnd;
import com.nomadicml.beam.imports.JobProgress;
import com.nomadicml.beam.imports.LaneProgress;
import com.nomadicml.beam.imports.Look;
import com.nomadicml.beam.imports.OpenJobs;
import com.nomadicml.beam.model.ImportJob;
import com.nomadicml.beam.model.JobPage;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.annotation.Nullable;

/**
 * The jobs that a lane awaits, and which page is read next. A job's age is that of the time in
 * which it could be read: what it could not is added to its submission.
 */
final class Watch {
  private static final int RATE_REFUSED = 429;

  /** A failure or two may be the network's. */
  private static final int OFTEN = 2;

  /** While there is something to send, one look in so many requests may be too early. */
  private static final int REQUESTS_PER_VAIN_LOOK = 20;

  private final AwaitPolicy policy;
  private final Map<String, JobStatus> jobs = new HashMap<>();
  private final Set<String> busy = new HashSet<>();

  /** Jobs that could not be read the last time. */
  private final Map<String, Failures> unreadable = new HashMap<>();

  private OpenJobs open = OpenJobs.NONE;
  private long looksInVain;
  private boolean lastWasInVain;

  /**
   * Looks in a row that were not answered.
   *
   * @param reads how often others could be read by the last one
   */
  private record Failures(int times, long reads) {}

  Watch(Duration timeout, int rowsAPage) {
    policy = new AwaitPolicy(timeout, rowsAPage);
  }

  boolean isEmpty() {
    return open.isEmpty();
  }

  JobStatus job(String batchId) {
    return jobs.get(batchId);
  }

  /** What is known of a job that has ended, for the last time. */
  JobStatus forget(String batchId) {
    return jobs.remove(batchId);
  }

  /** Whether so many requests allow for a look that may be too early. */
  boolean mayBeInVain(long requests) {
    return (looksInVain + 1) * REQUESTS_PER_VAIN_LOOK <= requests;
  }

  /**
   * Awaits a job.
   *
   * @param waited how long it was waited for before
   * @param progress how far it was read before; null when it was not
   */
  void add(
      JobStatus status,
      ImportJob job,
      Duration waited,
      @Nullable JobProgress progress,
      Instant now) {
    jobs.put(status.getBatchId(), status);
    ImportJob aged = submittedAt(job, now.minus(waited));
    // Pauses follow the age of what was read before.
    Instant since = progress == null ? now : Instant.ofEpochMilli(aged.getSubmittedAt());
    LaneProgress alone = policy.start(List.of(aged), since);
    open = open.with(aged, progress == null ? alone : alone.with(0, progress));
  }

  /** The page that is to be read now, if there is one. */
  Optional<Request.Read> due(Instant now) {
    AwaitPolicy.Step step = next(now);
    return step.isWait()
        ? Optional.empty()
        : Optional.of(new Request.Read(open.jobs().get(step.job()), step.cursor()));
  }

  /** When a page is due, if nothing happens until then. */
  Instant nextDue(Instant now) {
    Duration pause = next(now).pause();
    return pause.compareTo(Duration.ofDays(1)) > 0 ? now.plus(Duration.ofDays(1)) : now.plus(pause);
  }

  private AwaitPolicy.Step next(Instant now) {
    boolean isEnough = lastWasInVain && !busy.isEmpty();
    return policy.next(
        open.progress(), now, job -> isEnough || busy.contains(open.jobs().get(job).getBatchId()));
  }

  void started(Request.Read read) {
    busy.add(read.job().getBatchId());
  }

  /** A request that was not sent after all. */
  void notRead(String batchId) {
    busy.remove(batchId);
  }

  /**
   * What a page came to.
   *
   * @param page as it is to be settled
   * @param progress of the job after it; null when it has ended
   */
  record Shown(JobPage page, @Nullable JobProgress progress, Duration waited) {}

  /**
   * Learns what a page showed.
   *
   * @param exact the job as its rows have it
   */
  Shown shown(Request.Read read, ImportJob exact, Look look, Instant now) {
    int index = ended(read);
    unreadable.remove(read.job().getBatchId());
    ImportJob job = submittedAt(exact, Instant.ofEpochMilli(aged(index).getSubmittedAt()));
    JobProgress before = open.progress().job(index);
    LaneProgress lane = policy.after(open.progress(), index, job, read.cursor(), look, now);
    JobProgress after = lane.job(index);
    Optional<JobEnd> end = JobEnd.after(look, after, job, policy, now);
    lastWasInVain = end.isEmpty() && after.inVain() > before.inVain();
    looksInVain += lastWasInVain ? 1 : 0;
    JobPage page = page(job, after, look, end);
    JobProgress looked = end.isEmpty() ? after.looked() : after.looked().ended();
    open = open.after(lane.with(index, looked), policy);
    return new Shown(page, end.isEmpty() ? looked : null, waited(job, now));
  }

  /** Whether a job can't be read again and again while others can: the API is not away. */
  boolean isAlone(Request.Read read, ApiException e, long reads) {
    Failures before = unreadable.get(read.job().getBatchId());
    return before != null
        && before.times() >= OFTEN
        && before.reads() < reads
        && e.status() != RATE_REFUSED;
  }

  /**
   * Learns that a page could not be read; what there is to write when it is not read again. One
   * that was not answered is read again after its deadline, unless others could be read meanwhile.
   *
   * @param reads how often something could be read so far
   */
  Optional<Shown> failed(Request.Read read, ApiException e, long reads, Instant now) {
    int index = ended(read);
    ImportJob job = aged(index);
    boolean isAnswered = e.kind() == ApiException.Kind.PERMANENT || isAlone(read, e, reads);
    unreadable.merge(
        job.getBatchId(),
        new Failures(1, reads),
        (before, last) -> new Failures(before.times() + 1, reads));
    if (!isAnswered) {
      // It is read on where it was.
      return Optional.empty();
    }
    Optional<JobEnd> end = JobEnd.afterFailure(e, job, policy, now);
    lastWasInVain = true;
    if (end.isEmpty()) {
      LaneProgress lane = policy.afterFailure(open.progress(), index, job, now);
      open = open.after(lane, policy);
      return Optional.empty();
    }
    JobProgress progress = open.progress().job(index);
    JobPage page = page(job, progress, new Look(progress.total(), null, List.of()), end);
    open = open.after(open.progress().with(index, progress.ended()), policy);
    return Optional.of(new Shown(page, null, waited(job, now)));
  }

  /** What is to be written of the jobs that are left to a later run, which reads on. */
  List<Change> leave(String reason, Instant now) {
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < open.jobs().size(); i++) {
      ImportJob job = aged(i);
      JobProgress progress = open.progress().job(i);
      if (progress.isUnread()) {
        JobStatus.Builder row = jobs.get(job.getBatchId()).toBuilder().setErrorMessage(reason);
        changes.add(new Change.Job(row.inState(JobState.SUBMITTED, now)));
      } else {
        JobEnd left = new JobEnd(JobState.SUBMITTED, reason);
        JobPage page =
            page(job, progress, new Look(progress.total(), null, List.of()), Optional.of(left));
        changes.add(new Change.Page(page, progress, waited(job, now)));
      }
    }
    return changes;
  }

  /** No job could be read for so long; a time below zero is one that a clock has gone back. */
  void couldNotRead(Duration time) {
    if (!time.isZero() && !open.isEmpty()) {
      open =
          new OpenJobs(
              open.jobs().stream()
                  .map(
                      job ->
                          submittedAt(job, Instant.ofEpochMilli(job.getSubmittedAt()).plus(time)))
                  .toList(),
              open.progress());
    }
  }

  private static JobPage page(
      ImportJob job, JobProgress progress, Look look, Optional<JobEnd> end) {
    return JobPage.of(
        job.getBatchId(),
        progress.looks(),
        progress.total(),
        look.videos(),
        end.map(JobEnd::state).orElse(null),
        end.map(JobEnd::reason).orElse(null));
  }

  private int ended(Request.Read read) {
    busy.remove(read.job().getBatchId());
    for (int i = 0; i < open.jobs().size(); i++) {
      if (aged(i).getBatchId().equals(read.job().getBatchId())) {
        return i;
      }
    }
    throw new IllegalStateException("batch " + read.job().getBatchId() + " is not awaited");
  }

  private ImportJob aged(int index) {
    return open.jobs().get(index);
  }

  private static Duration waited(ImportJob job, Instant now) {
    Duration waited = Duration.between(Instant.ofEpochMilli(job.getSubmittedAt()), now);
    return waited.isNegative() ? Duration.ZERO : waited;
  }

  private static ImportJob submittedAt(ImportJob job, Instant at) {
    return ImportJob.of(
        job.getBatchId(),
        job.getImportJobId(),
        job.getRequested(),
        job.getFingerprint(),
        at.toEpochMilli(),
        job.getLegacyVideoIds(),
        job.getLegacySourceUris());
  }
}
