package com.nomadicml.beam.status;

import com.google.auto.value.AutoValue;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.VideoState;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** What the status tables say, counted: the answer to "what became of my videos?". */
@AutoValue
public abstract class StatusReport {
  /** Of each state. */
  static final int MAX_REASONS = 100;

  /** Counts by provider, bucket, state and error; every other count is summed from these. */
  public abstract List<Tally> getTallies();

  /** Counts by bucket, state, error and message of what has an error: the 100 largest. */
  public abstract List<Tally> getReasons();

  /** Batches that are planned, submitted or of unknown outcome, oldest first. */
  public abstract List<JobStatus> getOpenJobs();

  /** Items by state; states with no item are absent. */
  public final Map<VideoState, Long> byState() {
    Map<VideoState, Long> counts = new EnumMap<>(VideoState.class);
    getTallies().forEach(tally -> counts.merge(tally.getState(), tally.getItems(), Long::sum));
    return counts;
  }

  /** Items by state and error, over all buckets; the largest count first. */
  public final List<Tally> byError() {
    return Tally.sum(getTallies(), Tally::overAllBuckets);
  }

  /** Failed, missing and refused items by bucket and error; the largest count first. */
  public final List<Tally> failuresByBucket() {
    List<Tally> failures =
        getTallies().stream().filter(tally -> tally.getState().isFailure()).toList();
    return Tally.sum(failures, UnaryOperator.identity());
  }

  /** Items that were imported more than once. */
  public final long triedAgain() {
    return getTallies().stream().mapToLong(Tally::getTriedAgain).sum();
  }

  static StatusReport of(List<Tally> tallies, List<Tally> reasons, List<JobStatus> openJobs) {
    return new AutoValue_StatusReport(
        List.copyOf(tallies), List.copyOf(reasons), List.copyOf(openJobs));
  }
}
