package com.nomadicml.beam.imports;

import java.util.ArrayList;
import java.util.List;

/**
 * The restriction of {@link AwaitImports}: how far each job of a lane has been read. Times are
 * epoch milliseconds.
 *
 * @param startedAt since when the lane has been watched
 * @param frontierAt jobs that were never looked at are not to be before
 * @param pages about how many pages the lane's jobs have in all
 */
record LaneProgress(long startedAt, long frontierAt, int pages, List<JobProgress> jobs) {

  boolean isDone() {
    return jobs.stream().allMatch(JobProgress::done);
  }

  JobProgress job(int index) {
    return jobs.get(index);
  }

  LaneProgress with(int index, JobProgress job) {
    List<JobProgress> next = new ArrayList<>(jobs);
    next.set(index, job);
    return new LaneProgress(startedAt, frontierAt, pages, next);
  }

  LaneProgress withFrontierAt(long millis) {
    return new LaneProgress(startedAt, millis, pages, jobs);
  }

  /** All jobs left as they are: nothing of the lane is to be read any more. */
  LaneProgress ended() {
    return new LaneProgress(
        startedAt, frontierAt, pages, jobs.stream().map(JobProgress::ended).toList());
  }
}
