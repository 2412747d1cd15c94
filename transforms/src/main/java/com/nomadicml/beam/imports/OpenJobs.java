package com.nomadicml.beam.imports;

import com.nomadicml.beam.model.ImportJob;
import java.util.ArrayList;
import java.util.List;

/**
 * The jobs that a lane awaits, in the order of their submission, and how far each has been read.
 */
public record OpenJobs(List<ImportJob> jobs, LaneProgress progress) {
  public static final OpenJobs NONE = new OpenJobs(List.of(), LaneProgress.NOTHING);

  public boolean isEmpty() {
    return jobs.isEmpty();
  }

  /** With a further job, which is known to have been read so far. */
  public OpenJobs with(ImportJob job, LaneProgress alone) {
    List<ImportJob> next = new ArrayList<>(jobs);
    next.add(job);
    return new OpenJobs(next, isEmpty() ? alone : progress.joinedBy(alone.job(0), alone.pages()));
  }

  /** What is left open after a step: a lane is as old as its oldest open job. */
  public OpenJobs after(LaneProgress step, AwaitPolicy policy) {
    if (step.jobs().stream().noneMatch(JobProgress::done)) {
      return new OpenJobs(jobs, step);
    }
    List<ImportJob> rest = new ArrayList<>();
    for (int i = 0; i < jobs.size(); i++) {
      if (!step.job(i).done()) {
        rest.add(jobs.get(i));
      }
    }
    long since = rest.stream().mapToLong(ImportJob::getSubmittedAt).min().orElse(0);
    return new OpenJobs(
        rest, step.withoutDone(Math.max(since, step.startedAt()), policy.pages(rest)));
  }
}
