package com.nomadicml.beam.imports.lane;

import com.nomadicml.beam.imports.ErrorCode;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.VideoState;
import java.time.Instant;
import javax.annotation.Nullable;

/** Closes batches that are not awaited. */
record Closing(String runId, Agenda agenda, FailureThreshold outcomes) {

  /** A batch that the API will not take. */
  void refuse(JobStatus job, ErrorCode code, @Nullable String message, Instant now) {
    close(job, JobState.REFUSED, VideoState.REFUSED, code, message, now);
    outcomes.settled(job.getBatchId(), new Settled(0, job.getRequested(), message));
  }

  /** A batch in doubt that this run does not send again. */
  void hold(JobStatus job, @Nullable String message, Instant now) {
    close(
        job,
        JobState.SUBMIT_UNKNOWN,
        VideoState.SUBMIT_UNKNOWN,
        ErrorCode.SUBMIT_UNKNOWN,
        message,
        now);
  }

  /** A batch that was not sent: a later run sends it. */
  void leave(JobStatus job, ErrorCode code, @Nullable String message, Instant now) {
    close(job, JobState.PLANNED, VideoState.PENDING, code, message, now);
  }

  private void close(
      JobStatus job,
      JobState state,
      VideoState rows,
      ErrorCode code,
      @Nullable String message,
      Instant now) {
    JobStatus closed = job.toBuilder().setRunId(runId).setErrorMessage(message).inState(state, now);
    agenda.add(new Change.Close(closed, rows, code, message));
  }
}
