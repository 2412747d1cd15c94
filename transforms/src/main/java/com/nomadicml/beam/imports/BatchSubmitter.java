package com.nomadicml.beam.imports;

import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.NomadicApi;
import com.nomadicml.beam.api.NomadicApiFactory;
import com.nomadicml.beam.api.QuotaSpentException;
import com.nomadicml.beam.api.RequestsEndedException;
import com.nomadicml.beam.api.SubmitAnswer;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends batches of one lane, and says what became of each. */
final class BatchSubmitter {
  private static final Logger LOG = LoggerFactory.getLogger(BatchSubmitter.class);
  private static final int TOO_LARGE = 413;
  private static final int RATE_REFUSED = 429;

  /** How often a request in doubt is sent in all, with the same key. */
  private static final int MAX_SENDS = 5;

  /** An API that has answered none of so many batches will not answer the next. */
  private static final int HOPELESS = 20;

  private final NomadicApiFactory apis;
  private final NomadicApi api;
  private final JobJournal journal;
  private final Clock clock;
  private final String runId;
  private final OnUnknownSubmit onUnknown;
  private final boolean comesAgain;
  private final Map<String, JobStatus> submittedBefore = new HashMap<>();
  private final BareDenials denials = new BareDenials();
  private int unansweredInARow;

  /**
   * @param comesAgain whether what could not be sent now comes again within the run; then it is
   *     sent once, and not counted
   */
  BatchSubmitter(
      NomadicApiFactory apis,
      NomadicApi api,
      JobJournal journal,
      Clock clock,
      String runId,
      OnUnknownSubmit onUnknown,
      boolean comesAgain) {
    this.apis = apis;
    this.api = api;
    this.comesAgain = comesAgain;
    this.journal = journal;
    this.clock = clock;
    this.runId = runId;
    this.onUnknown = onUnknown;
  }

  /**
   * Learns what this run has submitted already: when a bundle that did so was lost, and by others.
   * Of the older answer no job is known again: its video ids are not in the job's row.
   *
   * @param since when the run began; jobs of before may be this run's by what it read of them
   */
  void recall(Instant since) {
    for (JobStatus job : journal.submittedBy(runId)) {
      if (job.getImportJobId() != null) {
        submittedBefore.put(job.getBatchId(), job);
      }
      if (job.getSubmittedAt() != null && job.getSubmittedAt() >= since.toEpochMilli()) {
        denials.accept();
      }
    }
  }

  /**
   * Sends one batch; a batch that is too large for the API comes back as several, and one that is
   * denied access comes back with a later one, or at the {@link #end}.
   */
  List<Submission> submit(TrackedBatch planned, @Nullable FolderAnswer folder) {
    if (folder != null && folder.getError() != null) {
      return List.of(refused(planned, ErrorCode.FOLDER_REFUSED, folder.getError()));
    }
    String folderId = folder == null ? null : folder.getFolderId();
    JobStatus job = planned.getJob().toBuilder().setRunId(runId).setFolderId(folderId).build();
    TrackedBatch batch = TrackedBatch.of(planned.getBatch(), job);
    JobStatus before = submittedBefore.get(batch.getBatch().getBatchId());
    if (before != null) {
      return List.of(submitted(TrackedBatch.of(batch.getBatch(), before)));
    }
    if (unansweredInARow >= HOPELESS) {
      return List.of(leftPending(batch, "the API has not answered for a while"));
    }
    if (denials.setAside(batch)) {
      return List.of();
    }
    for (int sends = 1; ; sends++) {
      try {
        SubmitAnswer answer =
            api.submit(BatchRequest.of(batch.getBatch(), folderId), batch.getBatch().getBatchId());
        unansweredInARow = 0;
        denials.accept();
        List<Submission> submissions = denied();
        submissions.add(accepted(batch, answer));
        return submissions;
      } catch (RequestsEndedException e) {
        return List.of(leftToTheNextRun(batch, e));
      } catch (ApiException e) {
        switch (e.kind()) {
          case PERMANENT -> {
            unansweredInARow = 0;
            return refused(batch, folder, e);
          }
          case RETRYABLE -> {
            if (comesAgain) {
              return List.of(unsent(batch, e, List.of()));
            }
            if (e.status() == RATE_REFUSED || !isWorthAnother(sends)) {
              return List.of(leftPending(batch, e.getMessage()));
            }
          }
          case OUTCOME_UNKNOWN -> {
            batch = inDoubt(batch, e.getMessage());
            if (comesAgain && onUnknown == OnUnknownSubmit.RESEND) {
              return List.of(unsent(batch, e, rowsInDoubt(batch)));
            }
            if (onUnknown == OnUnknownSubmit.HOLD || !isWorthAnother(sends)) {
              return List.of(held(batch));
            }
          }
        }
      }
    }
  }

  /** The batch comes again; the tables have it as it is. */
  private static Submission unsent(TrackedBatch batch, ApiException e, List<VideoStatus> rows) {
    LOG.info("Batch {} is sent again later: {}", batch.getBatch().getBatchId(), e.getMessage());
    return new Submission(batch, rows);
  }

  /** What is left when all batches that the lane has now were sent. */
  List<Submission> end() {
    return denials.isAccount(true) ? accountRefused() : denied();
  }

  /** An outage is waited out once: the next batch is sent once only, until the API answers. */
  private boolean isWorthAnother(int sends) {
    if (sends < MAX_SENDS && unansweredInARow == 0) {
      return true;
    }
    unansweredInARow++;
    return false;
  }

  private List<Submission> refused(
      TrackedBatch batch, @Nullable FolderAnswer folder, ApiException e) {
    if (e.status() == TOO_LARGE && batch.getBatch().getItems().size() > 1) {
      return submitHalves(batch, folder);
    }
    boolean account = e.isAccountRefusal();
    if (account || (e.isBareDenial() && !denials.accountWorks())) {
      denials.deny(batch, e.getMessage());
      if (account || denials.isAccount(false)) {
        apis.stop(ImportRefusedException.of(e).getMessage());
        return accountRefused();
      }
      return List.of();
    }
    if (batch.getJob().getUnknownSubmits() > 0) {
      // The request before may have been taken: a refusal of this one does not say.
      String message = "sent again after a doubt and refused: " + e.getMessage();
      return List.of(held(closed(batch, JobState.SUBMIT_UNKNOWN, message)));
    }
    return List.of(refused(batch, ErrorCode.REQUEST_REFUSED, e.getMessage()));
  }

  /** Stops the run, with nothing marked failed. */
  private List<Submission> accountRefused() {
    List<Submission> submissions = new ArrayList<>();
    for (BareDenials.Denied denied : denials.takeAll()) {
      ImportMetrics.counter(ImportMetrics.ACCOUNT_REFUSALS).inc();
      apis.stop(ImportRefusedException.denied(denied.message()).getMessage());
      submissions.add(leftPending(denied.batch(), ErrorCode.ACCOUNT_REFUSED, denied.message()));
    }
    return submissions;
  }

  private List<Submission> denied() {
    List<Submission> submissions = new ArrayList<>();
    for (BareDenials.Denied denied : denials.takeAll()) {
      submissions.add(refused(denied.batch(), ErrorCode.REQUEST_REFUSED, denied.message()));
    }
    return submissions;
  }

  private Submission accepted(TrackedBatch batch, SubmitAnswer answer) {
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

  private Submission submitted(TrackedBatch batch) {
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

  private List<Submission> submitHalves(TrackedBatch whole, @Nullable FolderAnswer folder) {
    List<TrackedBatch> halves = BatchHalves.writeAhead(whole, journal, runId, clock.instant());
    String reason = "too large for one request: sent as two batches";
    List<Submission> submissions = new ArrayList<>();
    submissions.add(new Submission(closed(whole, JobState.REFUSED, reason), List.of()));
    halves.forEach(half -> submissions.addAll(submit(half, folder)));
    return submissions;
  }

  private Submission refused(TrackedBatch batch, ErrorCode code, String message) {
    Submission refused = ended(batch, VideoState.REFUSED, code, message);
    // A refused batch is not taken up again, so its rows must say so first.
    journal.recordVideos(refused.rows());
    TrackedBatch closed = closed(batch, JobState.REFUSED, message);
    JobLog.ended(closed.getJob());
    return new Submission(closed, refused.rows());
  }

  private Submission held(TrackedBatch batch) {
    JobLog.ended(batch.getJob());
    TrackedBatch closed = closed(batch, JobState.SUBMIT_UNKNOWN, batch.getJob().getErrorMessage());
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
  private Submission leftPending(TrackedBatch batch, String message) {
    return leftPending(batch, ErrorCode.NOT_SENT, message);
  }

  private Submission leftToTheNextRun(TrackedBatch batch, RequestsEndedException e) {
    if (e instanceof QuotaSpentException) {
      ImportMetrics.counter(ImportMetrics.PAUSED).inc(batch.getBatch().getItems().size());
      return leftPending(batch, ErrorCode.QUOTA_SPENT, e.getMessage());
    }
    return leftPending(batch, ErrorCode.RUN_STOPPED, e.getMessage());
  }

  private Submission leftPending(TrackedBatch batch, ErrorCode code, String message) {
    if (batch.getJob().getUnknownSubmits() > 0) {
      return held(closed(batch, JobState.SUBMIT_UNKNOWN, message));
    }
    TrackedBatch closed = closed(batch, JobState.PLANNED, message);
    JobLog.ended(closed.getJob());
    return ended(closed, VideoState.PENDING, code, message);
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

  private TrackedBatch inDoubt(TrackedBatch batch, String message) {
    ImportMetrics.counter(ImportMetrics.UNKNOWN_SUBMITS).inc();
    Instant now = clock.instant();
    return journaled(
        batch,
        batch.getJob().toBuilder()
            .setUnknownSubmits(batch.getJob().getUnknownSubmits() + 1)
            .setErrorMessage(message)
            .inState(JobState.SUBMIT_UNKNOWN, now));
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
