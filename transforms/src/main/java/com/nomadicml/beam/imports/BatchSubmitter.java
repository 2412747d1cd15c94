package com.nomadicml.beam.imports;

import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.NomadicApi;
import com.nomadicml.beam.api.QuotaSpentException;
import com.nomadicml.beam.api.SubmitAnswer;
import com.nomadicml.beam.api.SubmitRequest;
import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ImportItem;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends batches of one lane, and says what became of each. */
final class BatchSubmitter {
  private static final Logger LOG = LoggerFactory.getLogger(BatchSubmitter.class);
  private static final int TOO_LARGE = 413;

  /** How often a request in doubt is sent in all, with the same key. */
  private static final int MAX_SENDS = 5;

  private final NomadicApi api;
  private final JobJournal journal;
  private final Clock clock;
  private final String runId;
  private final OnUnknownSubmit onUnknown;

  BatchSubmitter(
      NomadicApi api, JobJournal journal, Clock clock, String runId, OnUnknownSubmit onUnknown) {
    this.api = api;
    this.journal = journal;
    this.clock = clock;
    this.runId = runId;
    this.onUnknown = onUnknown;
  }

  /** Sends one batch; a batch that is too large for the API comes back as several. */
  List<Submission> submit(TrackedBatch planned, @Nullable FolderAnswer folder) {
    if (folder != null && folder.getError() != null) {
      return List.of(refused(planned, ErrorCode.FOLDER_REFUSED, folder.getError()));
    }
    String folderId = folder == null ? null : folder.getFolderId();
    JobStatus job = planned.getJob().toBuilder().setRunId(runId).setFolderId(folderId).build();
    TrackedBatch batch = TrackedBatch.of(planned.getBatch(), job);
    for (int sends = 1; ; sends++) {
      try {
        SubmitAnswer answer = api.submit(request(batch, folderId), batch.getBatch().getBatchId());
        return List.of(accepted(batch, answer));
      } catch (QuotaSpentException e) {
        return List.of(paused(batch, e));
      } catch (ApiException e) {
        if (e.isAccountRefusal()) {
          throw ImportRefusedException.of(e);
        }
        switch (e.kind()) {
          case PERMANENT -> {
            return e.status() == TOO_LARGE && batch.getBatch().getItems().size() > 1
                ? submitHalves(batch, folder)
                : List.of(refused(batch, ErrorCode.REQUEST_REFUSED, e.getMessage()));
          }
          case RETRYABLE -> {
            return List.of(leftPending(batch, e.getMessage()));
          }
          case OUTCOME_UNKNOWN -> {
            batch = inDoubt(batch, e.getMessage());
            if (onUnknown == OnUnknownSubmit.HOLD || sends >= MAX_SENDS) {
              return List.of(held(batch));
            }
          }
        }
      }
    }
  }

  private SubmitRequest request(TrackedBatch tracked, @Nullable String folderId) {
    ImportBatch batch = tracked.getBatch();
    ImportTarget target = batch.getTarget();
    int keyStart = target.getProvider().prefix().length() + target.getBucket().length() + 1;
    List<String> keys = new ArrayList<>();
    List<Map<String, String>> sets = new ArrayList<>();
    for (ImportItem item : batch.getItems()) {
      if (target.getMultiView()) {
        sets.add(item.getViews());
      } else {
        keys.add(item.getSourceUri().substring(keyStart));
      }
    }
    return new SubmitRequest(
        target.getProvider(),
        target.getBucket(),
        target.getIntegrationId(),
        folderId,
        target.getScope(),
        keys,
        sets);
  }

  private Submission accepted(TrackedBatch batch, SubmitAnswer answer) {
    Instant now = clock.instant();
    JobStatus job =
        batch.getJob().toBuilder()
            .setImportJobId(answer.importJobId())
            .setSubmittedAt(now.toEpochMilli())
            .setErrorMessage(null)
            .build(JobState.SUBMITTED, now);
    journal.record(job);
    ImportMetrics.counter(ImportMetrics.SUBMITTED).inc(batch.getBatch().getItems().size());
    TrackedBatch submitted = TrackedBatch.of(batch.getBatch(), job, answer.uploadedVideoIds());
    LOG.debug("Batch {} is job {}", batch.getBatch().getBatchId(), answer.importJobId());
    List<VideoStatus> rows = submitted.rows(VideoState.SUBMITTED, null, null, runId, now);
    return new Submission(submitted, rows);
  }

  private List<Submission> submitHalves(TrackedBatch batch, @Nullable FolderAnswer folder) {
    List<ImportItem> items = batch.getBatch().getItems();
    int middle = items.size() / 2;
    List<Submission> submissions = new ArrayList<>();
    for (List<ImportItem> half :
        List.of(items.subList(0, middle), items.subList(middle, items.size()))) {
      ImportBatch cut =
          ImportBatch.of(batch.getBatch().getTarget(), half, batch.getBatch().getAttempt());
      TrackedBatch tracked = TrackedBatch.of(cut, JobStatus.planned(cut, runId, clock.instant()));
      submissions.addAll(submit(tracked, folder));
    }
    // Closed only now: after a crash in between, the whole is cut into the same halves again.
    String reason = "too large for one request: sent as two batches";
    submissions.add(new Submission(closed(batch, JobState.REFUSED, reason), List.of()));
    return submissions;
  }

  private Submission refused(TrackedBatch batch, ErrorCode code, String message) {
    LOG.warn("Batch {} was refused: {}", batch.getBatch().getBatchId(), message);
    TrackedBatch closed = closed(batch, JobState.REFUSED, message);
    return ended(closed, VideoState.REFUSED, code, message);
  }

  private Submission held(TrackedBatch batch) {
    String message = batch.getJob().getErrorMessage();
    return ended(
        closed(batch, JobState.SUBMIT_UNKNOWN, message),
        VideoState.SUBMIT_UNKNOWN,
        ErrorCode.SUBMIT_UNKNOWN,
        String.valueOf(message));
  }

  /** The request had no effect and may have one later: the next run sends it again. */
  private Submission leftPending(TrackedBatch batch, String message) {
    LOG.warn("Batch {} is left for the next run: {}", batch.getBatch().getBatchId(), message);
    return ended(
        closed(batch, stateUnsent(batch), message),
        VideoState.PENDING,
        ErrorCode.NOT_SENT,
        message);
  }

  private Submission paused(TrackedBatch batch, QuotaSpentException e) {
    ImportMetrics.counter(ImportMetrics.PAUSED).inc(batch.getBatch().getItems().size());
    return ended(
        closed(batch, stateUnsent(batch), e.getMessage()),
        VideoState.PENDING,
        ErrorCode.QUOTA_SPENT,
        e.getMessage());
  }

  /** A request in doubt stays in doubt. */
  private static JobState stateUnsent(TrackedBatch batch) {
    return batch.getJob().getUnknownSubmits() > 0 ? JobState.SUBMIT_UNKNOWN : JobState.PLANNED;
  }

  private Submission ended(TrackedBatch batch, VideoState state, ErrorCode code, String message) {
    ImportMetrics.countEnded(state, batch.getBatch().getItems().size());
    return new Submission(batch, batch.rows(state, code.name(), message, runId, clock.instant()));
  }

  private TrackedBatch inDoubt(TrackedBatch batch, String message) {
    ImportMetrics.counter(ImportMetrics.UNKNOWN_SUBMITS).inc();
    Instant now = clock.instant();
    return journaled(
        batch,
        batch.getJob().toBuilder()
            .setUnknownSubmits(batch.getJob().getUnknownSubmits() + 1)
            .setErrorMessage(message)
            .build(JobState.SUBMIT_UNKNOWN, now));
  }

  private TrackedBatch closed(TrackedBatch batch, JobState state, @Nullable String message) {
    return journaled(
        batch, batch.getJob().toBuilder().setErrorMessage(message).build(state, clock.instant()));
  }

  private TrackedBatch journaled(TrackedBatch batch, JobStatus job) {
    journal.record(job);
    return TrackedBatch.of(batch.getBatch(), job);
  }
}
