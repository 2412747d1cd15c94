package com.nomadicml.beam.imports;

import java.util.ArrayList;
import java.util.List;

/** The restriction of {@link AwaitImports}: how far each job of a lane has been read. */
record LaneProgress(List<JobProgress> jobs) {

  boolean isDone() {
    return jobs.stream().allMatch(JobProgress::done);
  }

  JobProgress job(int index) {
    return jobs.get(index);
  }

  LaneProgress with(int index, JobProgress job) {
    List<JobProgress> next = new ArrayList<>(jobs);
    next.set(index, job);
    return new LaneProgress(next);
  }
}
