package com.nomadicml.beam.imports;

import com.nomadicml.beam.model.ImportJob;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Shows in the runner's metrics how the jobs of a lane are doing. */
final class LaneMetrics {
  /** A loop that reads all pages of each open job, as the vendor's examples do, comes so often. */
  private static final Duration LOOP = Duration.ofSeconds(10);

  private LaneMetrics() {}

  /** A page of the lane is about to be read. */
  static void look(List<ImportJob> jobs, LaneProgress lane, Instant now) {
    long open = 0;
    long oldest = now.toEpochMilli();
    for (int i = 0; i < lane.jobs().size(); i++) {
      if (!lane.job(i).done()) {
        open++;
        oldest = Math.min(oldest, jobs.get(i).getSubmittedAt());
      }
    }
    ImportMetrics.counter(ImportMetrics.PAGE_READS).inc();
    ImportMetrics.distribution(ImportMetrics.OPEN_JOBS).update(open);
    ImportMetrics.distribution(ImportMetrics.OLDEST_JOB)
        .update((now.toEpochMilli() - oldest) / 1000);
  }

  /** Of the lane's jobs, those that were open before have come to their end after. */
  static void ended(
      List<ImportJob> jobs,
      LaneProgress before,
      LaneProgress after,
      AwaitPolicy policy,
      Instant now) {
    for (int i = 0; i < before.jobs().size(); i++) {
      if (before.job(i).done() || !after.job(i).done()) {
        continue;
      }
      ImportJob job = jobs.get(i);
      // Not before this run has watched it: an earlier one may have submitted it.
      long since = Math.max(job.getSubmittedAt(), before.startedAt());
      long rounds = 1 + Math.max(0, (now.toEpochMilli() - since) / LOOP.toMillis());
      long saved = rounds * policy.pages(job) - after.job(i).looks();
      ImportMetrics.counter(ImportMetrics.ENDED_JOBS).inc();
      ImportMetrics.counter(ImportMetrics.PAGE_READS_SAVED).inc(Math.max(0, saved));
    }
  }
}
