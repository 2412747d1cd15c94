package com.nomadicml.beam.imports;

import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.model.ImportJob;
import com.nomadicml.beam.model.JobState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import javax.annotation.Nullable;

/**
 * How a job comes to its end for a lane.
 *
 * @param state {@code COMPLETED}, {@code INCOMPLETE}, or {@code SUBMITTED} when a later run is to
 *     look again
 * @param reason null for one that is complete
 */
public record JobEnd(JobState state, @Nullable String reason) {
  private static final int NOT_FOUND = 404;
  private static final Duration NOT_FOUND_GRACE = Duration.ofSeconds(60);

  /** Whether a look was the job's last. */
  public static Optional<JobEnd> after(
      Look look, JobProgress progress, ImportJob job, AwaitPolicy policy, Instant now) {
    if (progress.done()) {
      return Optional.of(new JobEnd(JobState.COMPLETED, null));
    }
    // An overdue job gets its pass to the end, so that nothing shown is called missing.
    if (!policy.isOverdue(job, now) || progress.pass() != null) {
      return Optional.empty();
    }
    return Optional.of(
        !progress.known() && look.nextCursor() != null
            ? new JobEnd(JobState.SUBMITTED, "its pages could not be read to the end")
            : new JobEnd(
                JobState.INCOMPLETE, "not finished " + policy.timeout() + " after its submission"));
  }

  /** Whether a job that could not be read is not read again. */
  public static Optional<JobEnd> afterFailure(
      ApiException e, ImportJob job, AwaitPolicy policy, Instant now) {
    Duration age = Duration.between(Instant.ofEpochMilli(job.getSubmittedAt()), now);
    boolean notFoundYet = e.status() == NOT_FOUND && age.compareTo(NOT_FOUND_GRACE) < 0;
    boolean again = notFoundYet || e.kind() != ApiException.Kind.PERMANENT;
    if (again && !policy.isOverdue(job, now)) {
      return Optional.empty();
    }
    // What could not be read now is not missing: the next run looks again.
    boolean readLater = again || e.status() != NOT_FOUND;
    return Optional.of(
        new JobEnd(readLater ? JobState.SUBMITTED : JobState.INCOMPLETE, e.getMessage()));
  }
}
