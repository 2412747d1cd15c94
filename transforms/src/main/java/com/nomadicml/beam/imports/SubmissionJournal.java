package com.nomadicml.beam.imports;

import com.nomadicml.beam.api.QuotaSpentException;
import com.nomadicml.beam.api.RequestsEndedException;
import com.nomadicml.beam.api.SubmitAnswer;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.model.VisibleText;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import javax.annotation.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes down and counts what became of the requests of one lane, each as a {@link Submission}. */
final class SubmissionJournal {
  private static final Logger LOG = LoggerFactory.getLogger(SubmissionJournal.class);

  private final JobJournal journal;
  private final Clock clock;
  private final String runId;
  private final OnUnknownSubmit onUnknown;
  private final boolean comesAgain;

  /**
   * @param comesAgain whether what could not be sent now comes again within the run; then it is not
   *     counted
   */
  SubmissionJournal(
      JobJournal journal,
      Clock clock,
      String runId,
      OnUnknownSubmit onUnknown,
      boolean comesAgain) {
    this.journal = journal;
    this.clock = clock;
    this.runId = runId;
    this.onUnknown = onUnknown;
    this.comesAgain = comesAgain;
  }

  Submission accepted(TrackedBatch batch, SubmitAnswer answer) {
    Instant now = clock.instant();
    JobStatus job =
        batch.getJob().toBuilder()
            .setImportJobId(answer.importJobId())
            .setSubmittedAt(now.toEpochMilli())
            .setErrorMessage(null)
            .inState(JobState.SUBMITTED, now);
    LOG.debug("Batch {} is job {}", batch.getBatch().getBatchId(), answer.importJobId());
    return submitted(TrackedBatch.of(batch.getBatch(), job, answer.uploadedVideoIds()));
  }

  /** A batch that the API has taken, now or when its bundle ran before. */
  Submission submitted(TrackedBatch batch) {
    ImportMetrics.counter(ImportMetrics.SUBMITTED_JOBS).inc();
    ImportMetrics.counter(ImportMetrics.SUBMITTED).inc(batch.getBatch().getItems().size());
    Instant now = clock.instant();
    if (batch.getJob().getImportJobId() != null) {
      return new Submission(batch, journal.recordSubmitted(batch, runId, now));
    }
    // The rows alone hold the ids to ask for.
    journal.recordVideos(batch.rows(VideoState.SUBMITTED, null, null, runId, now));
    journal.recordJob(batch.getJob());
    return new Submission(batch, List.of());
  }

  /** The request had no effect for good. */
  Submission refused(TrackedBatch batch, ErrorCode code, String message) {
    Submission refused = ended(batch, VideoState.REFUSED, code, message);
    // A refused batch is not taken up again, so its rows must say so first.
    journal.recordVideos(refused.rows());
    TrackedBatch closed = closed(batch, JobState.REFUSED, message);
    JobLog.ended(closed.getJob());
    return new Submission(closed, refused.rows());
  }

  /** The batches that take its place have its rows. */
  Submission replaced(TrackedBatch batch, String message) {
    return new Submission(closed(batch, JobState.REFUSED, message), List.of());
  }

  /** The batch comes again; the tables have it as it is. */
  Submission unsent(TrackedBatch batch, String message) {
    return sentAgainLater(batch, message, List.of());
  }

  /** The batch comes again, and is {@link #inDoubt} until then. */
  Submission unsentInDoubt(TrackedBatch batch, String message) {
    return sentAgainLater(batch, message, rowsInDoubt(batch));
  }

  private static Submission sentAgainLater(
      TrackedBatch batch, String message, List<VideoStatus> rows) {
    LOG.info(
        "Batch {} is sent again later: {}", batch.getBatch().getBatchId(), VisibleText.of(message));
    return new Submission(batch, rows);
  }

  /** A request was sent, and may have had its effect. */
  TrackedBatch inDoubt(TrackedBatch batch, String message) {
    ImportMetrics.counter(ImportMetrics.UNKNOWN_SUBMITS).inc();
    Instant now = clock.instant();
    return journaled(
        batch,
        batch.getJob().toBuilder()
            .setUnknownSubmits(batch.getJob().getUnknownSubmits() + 1)
            .setErrorMessage(message)
            .inState(JobState.SUBMIT_UNKNOWN, now));
  }

  /** A batch in doubt that is not sent again by this run. */
  Submission held(TrackedBatch batch, String message) {
    TrackedBatch closed = closed(batch, JobState.SUBMIT_UNKNOWN, message);
    JobLog.ended(closed.getJob());
    count(closed, VideoState.SUBMIT_UNKNOWN);
    return new Submission(closed, rowsInDoubt(closed));
  }

  private List<VideoStatus> rowsInDoubt(TrackedBatch batch) {
    return batch.rows(
        VideoState.SUBMIT_UNKNOWN,
        ErrorCode.SUBMIT_UNKNOWN.name(),
        String.valueOf(batch.getJob().getErrorMessage()),
        runId,
        clock.instant());
  }

  /** The request had no effect and may have one later: the next run sends it again. */
  Submission leftPending(TrackedBatch batch, ErrorCode code, String message) {
    if (batch.getJob().getUnknownSubmits() > 0) {
      return held(batch, message);
    }
    TrackedBatch closed = closed(batch, JobState.PLANNED, message);
    JobLog.ended(closed.getJob());
    return ended(closed, VideoState.PENDING, code, message);
  }

  Submission leftToTheNextRun(TrackedBatch batch, RequestsEndedException e) {
    if (e instanceof QuotaSpentException) {
      ImportMetrics.counter(ImportMetrics.PAUSED).inc(batch.getBatch().getItems().size());
      return leftPending(batch, ErrorCode.QUOTA_SPENT, e.getMessage());
    }
    return leftPending(batch, ErrorCode.RUN_STOPPED, e.getMessage());
  }

  private Submission ended(TrackedBatch batch, VideoState state, ErrorCode code, String message) {
    count(batch, state);
    return new Submission(batch, batch.rows(state, code.name(), message, runId, clock.instant()));
  }

  private void count(TrackedBatch batch, VideoState state) {
    boolean isLeftOpen =
        state == VideoState.PENDING
            || (state == VideoState.SUBMIT_UNKNOWN && onUnknown == OnUnknownSubmit.RESEND);
    if (!comesAgain || !isLeftOpen) {
      ImportMetrics.countEnded(state, batch.getBatch().getItems().size());
    }
  }

  private TrackedBatch closed(TrackedBatch batch, JobState state, @Nullable String message) {
    return journaled(
        batch, batch.getJob().toBuilder().setErrorMessage(message).inState(state, clock.instant()));
  }

  private TrackedBatch journaled(TrackedBatch batch, JobStatus job) {
    journal.recordJob(job);
    return TrackedBatch.of(batch.getBatch(), job);
  }
}
