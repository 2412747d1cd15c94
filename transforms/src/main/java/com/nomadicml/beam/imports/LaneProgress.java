package com.nomadicml.beam.imports;

import java.util.ArrayList;
import java.util.List;

/**
 * What is known of the jobs of a lane: how far each job of a lane has been read. Times are epoch
 * milliseconds.
 *
 * @param startedAt since when the lane has been watched
 * @param frontierAt jobs that were never looked at are not to be before
 * @param relookAt jobs that were looked at in vain are not to be before
 * @param relooks looks at such jobs that were worth it, since the last one in vain
 * @param stoppedAt when the last look was in vain
 * @param reached how many jobs the backend had finished by then, the one it was at in part
 * @param pages about how many pages the lane's jobs have in all
 */
public record LaneProgress(
    long startedAt,
    long frontierAt,
    long relookAt,
    int relooks,
    long stoppedAt,
    double reached,
    int pages,
    List<JobProgress> jobs) {

  /** A lane without jobs. */
  static final LaneProgress NOTHING = start(0, 0, List.of());

  public static LaneProgress start(long now, int pages, List<JobProgress> jobs) {
    return new LaneProgress(now, now, now, 0, now, 0, pages, jobs);
  }

  boolean isDone() {
    return jobs.stream().allMatch(JobProgress::done);
  }

  public JobProgress job(int index) {
    return jobs.get(index);
  }

  /** How many jobs the backend is known to have come to the end of, job {@code index} aside. */
  int reachedBut(int index) {
    int reached = 0;
    for (int i = 0; i < jobs.size(); i++) {
      if (i != index && (job(i).done() || job(i).known())) {
        reached++;
      }
    }
    return reached;
  }

  public LaneProgress with(int index, JobProgress job) {
    List<JobProgress> next = new ArrayList<>(jobs);
    next.set(index, job);
    return with(next);
  }

  LaneProgress withFrontierAt(long millis) {
    return new LaneProgress(startedAt, millis, relookAt, relooks, stoppedAt, reached, pages, jobs);
  }

  LaneProgress withRelook(long millis, int relooks) {
    return new LaneProgress(
        startedAt, frontierAt, millis, relooks, stoppedAt, reached, pages, jobs);
  }

  /** A clock that was set back before the start takes the start along. */
  LaneProgress withStop(long millis, double reached) {
    long start = Math.min(startedAt, millis);
    return new LaneProgress(start, frontierAt, relookAt, relooks, millis, reached, pages, jobs);
  }

  /** The lane with a further job of so many pages, behind the others. */
  LaneProgress joinedBy(JobProgress job, int pagesOfJob) {
    List<JobProgress> next = new ArrayList<>(jobs);
    next.add(job);
    return new LaneProgress(
        startedAt, frontierAt, relookAt, relooks, stoppedAt, reached, pages + pagesOfJob, next);
  }

  /** The lane without the jobs that are done, as if it were watched from {@code since} on. */
  LaneProgress withoutDone(long since, int pagesLeft) {
    List<JobProgress> rest = jobs.stream().filter(job -> !job.done()).toList();
    double reachedOfRest = Math.max(0, reached - (jobs.size() - rest.size()));
    return new LaneProgress(
        since, frontierAt, relookAt, relooks, stoppedAt, reachedOfRest, pagesLeft, rest);
  }

  private LaneProgress with(List<JobProgress> next) {
    return new LaneProgress(
        startedAt, frontierAt, relookAt, relooks, stoppedAt, reached, pages, next);
  }
}
