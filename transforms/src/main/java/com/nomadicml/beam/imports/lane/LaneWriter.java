package com.nomadicml.beam.imports.lane;

import com.nomadicml.beam.imports.ErrorCode;
import com.nomadicml.beam.imports.JobLog;
import com.nomadicml.beam.imports.ToImportJob;
import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ImportItem;
import com.nomadicml.beam.model.ImportJob;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.status.LaneStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the changes that a {@link LanePolicy} asks for into the tables. */
final class LaneWriter {
  private static final Logger LOG = LoggerFactory.getLogger(LaneWriter.class);

  private final String runId;
  private final LaneStore store;
  private final LanePolicy policy;
  private final BatchBook book;
  private final Map<String, JobStatus> jobs = new HashMap<>();
  private final Map<String, ImportBatch> accepted = new HashMap<>();

  LaneWriter(String runId, LaneStore store, LanePolicy policy, BatchBook book) {
    this.runId = runId;
    this.store = store;
    this.policy = policy;
    this.book = book;
  }

  /** The API has taken a batch, which is about to be written. */
  void accepted(ImportBatch batch) {
    accepted.put(batch.getBatchId(), batch);
  }

  /** A job is awaited that was taken before. */
  void awaits(JobStatus job) {
    jobs.put(job.getBatchId(), job);
  }

  /** A job as its rows have it. */
  ImportJob job(String batchId) {
    return book.open(jobs.get(batchId)).importJob();
  }

  /** Writes a change, and tells the policy what came of it. */
  void write(Change change, Instant now) {
    policy.written();
    if (change instanceof Change.Taken taken) {
      taken(taken, now);
    } else if (change instanceof Change.Withdraw withdraw) {
      store.withdraw(withdraw.job().getBatchId(), withdraw.sends());
    } else if (change instanceof Change.Job job) {
      store.record(job.job());
    } else if (change instanceof Change.Close close) {
      String code = close.code() == null ? null : close.code().name();
      store.record(close.job(), close.rows(), code, close.message(), runId, now);
      JobLog.ended(close.job());
    } else if (change instanceof Change.Cut cut) {
      policy.cut(cut.job(), store.cut(cut.job(), cut.first(), runId, now));
    } else if (change instanceof Change.Unplan unplan) {
      LOG.warn("{} batches are not sent: {}", unplan.jobs().size(), unplan.message());
      store.unplan(unplan.jobs(), ErrorCode.CANARY_FAILED.name(), unplan.message(), runId, now);
      store.event(runId, now, "TARGET_STOPPED", unplan.message());
    } else if (change instanceof Change.Page page) {
      settle(page);
    } else if (change instanceof Change.Retry retry) {
      retry(retry.job(), now);
    } else if (change instanceof Change.Event event) {
      LOG.warn("{}", event.text());
      store.event(runId, now, event.kind(), event.text());
    } else if (change instanceof Change.Words words) {
      LOG.warn("{}", words.text());
    }
  }

  private void taken(Change.Taken taken, Instant now) {
    JobStatus job = taken.job();
    TrackedBatch tracked =
        TrackedBatch.of(accepted.remove(job.getBatchId()), job, taken.answer().uploadedVideoIds());
    store.taken(tracked, runId, now);
    jobs.put(job.getBatchId(), job);
    book.add(tracked);
    policy.submitted(job, new ToImportJob().apply(tracked), Duration.ZERO, null, now);
  }

  private void settle(Change.Page page) {
    String batchId = page.page().getBatchId();
    JobStatus job = jobs.get(batchId);
    BatchBook.Entry entry = book.settle(job, page);
    String destination = job.getTarget().destination();
    store.page(destination, runId, batchId, entry.job(), entry.rows(), entry.cursor());
    JobState end = page.page().getEnd();
    if (end != null) {
      jobs.remove(batchId);
    }
    policy.settled(batchId, entry.settled(), end);
  }

  private void retry(JobStatus job, Instant now) {
    List<ImportItem> items = new ArrayList<>();
    for (VideoStatus row : store.rows(job.getBatchId())) {
      if (row.getState().isFailure()) {
        items.add(row.item());
      }
    }
    if (!items.isEmpty()) {
      ImportBatch batch = ImportBatch.of(job.getTarget(), items, job.getAttempt() + 1);
      JobStatus planned =
          JobStatus.planned(batch, runId, now).toBuilder().setPlannedBy(job.getPlannedBy()).build();
      store.retry(TrackedBatch.of(batch, planned));
      policy.triedAgain(job.getBatchId(), planned, now);
    }
  }
}
