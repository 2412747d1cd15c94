package com.nomadicml.beam.imports;

import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.NomadicApi;
import com.nomadicml.beam.api.NomadicApiFactory;
import com.nomadicml.beam.api.RequestsEndedException;
import com.nomadicml.beam.api.SubmitAnswer;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.TrackedBatch;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;

/** Sends batches of one lane, and decides by the API's answer what becomes of each. */
final class BatchSubmitter {
  private static final int TOO_LARGE = 413;
  private static final int RATE_REFUSED = 429;

  /** How often a request in doubt is sent in all, with the same key. */
  private static final int MAX_SENDS = 5;

  /** An API that has answered none of so many batches will not answer the next. */
  private static final int HOPELESS = 20;

  private final NomadicApiFactory apis;
  private final NomadicApi api;
  private final JobJournal journal;
  private final SubmissionJournal submissions;
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
    this.journal = journal;
    this.submissions = new SubmissionJournal(journal, clock, runId, onUnknown, comesAgain);
    this.clock = clock;
    this.runId = runId;
    this.onUnknown = onUnknown;
    this.comesAgain = comesAgain;
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
      return List.of(submissions.refused(planned, ErrorCode.FOLDER_REFUSED, folder.getError()));
    }
    String folderId = folder == null ? null : folder.getFolderId();
    JobStatus job = planned.getJob().toBuilder().setRunId(runId).setFolderId(folderId).build();
    TrackedBatch batch = TrackedBatch.of(planned.getBatch(), job);
    JobStatus before = submittedBefore.get(batch.getBatch().getBatchId());
    if (before != null) {
      return List.of(submissions.submitted(TrackedBatch.of(batch.getBatch(), before)));
    }
    if (unansweredInARow >= HOPELESS) {
      return List.of(notSent(batch, "the API has not answered for a while"));
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
        List<Submission> all = denied();
        all.add(submissions.accepted(batch, answer));
        return all;
      } catch (RequestsEndedException e) {
        return List.of(submissions.leftToTheNextRun(batch, e));
      } catch (ApiException e) {
        switch (e.kind()) {
          case PERMANENT -> {
            unansweredInARow = 0;
            return refused(batch, folder, e);
          }
          case RETRYABLE -> {
            if (comesAgain) {
              return List.of(submissions.unsent(batch, e.getMessage()));
            }
            if (e.status() == RATE_REFUSED || !isWorthAnother(sends)) {
              return List.of(notSent(batch, e.getMessage()));
            }
          }
          case OUTCOME_UNKNOWN -> {
            batch = submissions.inDoubt(batch, e.getMessage());
            if (comesAgain && onUnknown == OnUnknownSubmit.RESEND) {
              return List.of(submissions.unsentInDoubt(batch, e.getMessage()));
            }
            if (onUnknown == OnUnknownSubmit.HOLD || !isWorthAnother(sends)) {
              return List.of(submissions.held(batch, e.getMessage()));
            }
          }
        }
      }
    }
  }

  /** What is left when all batches that the lane has now were sent. */
  List<Submission> end() {
    return denials.isAccount(true) ? accountRefused() : denied();
  }

  private Submission notSent(TrackedBatch batch, String message) {
    return submissions.leftPending(batch, ErrorCode.NOT_SENT, message);
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
      return List.of(submissions.held(batch, message));
    }
    return List.of(submissions.refused(batch, ErrorCode.REQUEST_REFUSED, e.getMessage()));
  }

  /** Stops the run, with nothing marked failed. */
  private List<Submission> accountRefused() {
    List<Submission> all = new ArrayList<>();
    for (BareDenials.Denied denied : denials.takeAll()) {
      ImportMetrics.counter(ImportMetrics.ACCOUNT_REFUSALS).inc();
      apis.stop(ImportRefusedException.denied(denied.message()).getMessage());
      all.add(submissions.leftPending(denied.batch(), ErrorCode.ACCOUNT_REFUSED, denied.message()));
    }
    return all;
  }

  private List<Submission> denied() {
    List<Submission> all = new ArrayList<>();
    for (BareDenials.Denied denied : denials.takeAll()) {
      all.add(submissions.refused(denied.batch(), ErrorCode.REQUEST_REFUSED, denied.message()));
    }
    return all;
  }

  private List<Submission> submitHalves(TrackedBatch whole, @Nullable FolderAnswer folder) {
    List<TrackedBatch> halves = BatchHalves.writeAhead(whole, journal, runId, clock.instant());
    String reason = "too large for one request: sent as two batches";
    List<Submission> all = new ArrayList<>();
    all.add(submissions.replaced(whole, reason));
    halves.forEach(half -> all.addAll(submit(half, folder)));
    return all;
  }
}
