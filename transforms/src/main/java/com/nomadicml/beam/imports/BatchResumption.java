package com.nomadicml.beam.imports;

import com.google.common.base.Strings;
import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ImportItem;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.LedgerRow;
import com.nomadicml.beam.model.PartCounts;
import com.nomadicml.beam.model.Sequence;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import javax.annotation.Nullable;

/**
 * What is to be done with one batch of the ledger, or with rows that belong to none.
 *
 * @param ledger its rows, for planning
 * @param unsent the batch, when it is to be sent again with its key
 * @param submitted the batch, when it is to be awaited by its job
 * @param held rows that have to say that their batch is held
 * @param heldItems items of the batch, when it is held
 * @param adoptedItems items of the batch, when this run has taken it over already
 */
record BatchResumption(
    List<LedgerRow> ledger,
    @Nullable TrackedBatch unsent,
    @Nullable TrackedBatch submitted,
    List<VideoStatus> held,
    int heldItems,
    int adoptedItems) {

  /**
   * Decides about a batch.
   *
   * @param job null for rows without one
   * @param rows in any order
   */
  static BatchResumption of(
      @Nullable JobStatus job, Iterable<VideoStatus> rows, OnUnknownSubmit onUnknown) {
    return of(job, rows, onUnknown, ThisRun.WITHOUT_LANE);
  }

  /** The same for a run that may find what it has planned itself. */
  static BatchResumption of(
      @Nullable JobStatus job, Iterable<VideoStatus> rows, OnUnknownSubmit onUnknown, ThisRun run) {
    List<VideoStatus> sorted = new ArrayList<>();
    rows.forEach(sorted::add);
    sorted.sort(Comparator.comparing(VideoStatus::getSourceUri));
    if (job != null && run.hasPlanned(job)) {
      return leftAlone(sorted.stream().map(LedgerRow::planned).toList(), 0);
    }
    if (job != null && run.has(job)) {
      // Its end, if it has one, is among the outcomes of this run.
      return leftAlone(sorted.stream().map(row -> LedgerRow.of(row, true)).toList(), sorted.size());
    }
    if (job == null) {
      return leftAlone(sorted.stream().map(run::ledgerRow).toList(), 0);
    }
    boolean open =
        job.getState() != JobState.REFUSED
            && sorted.stream().anyMatch(row -> !row.getState().isFinal());
    List<LedgerRow> ledger = sorted.stream().map(row -> LedgerRow.of(row, open)).toList();
    if (!open) {
      return leftAlone(ledger, 0);
    }
    if (job.getSubmittedAt() != null) {
      return new BatchResumption(ledger, null, batch(job, sorted), List.of(), 0, 0);
    }
    if (job.getState() == JobState.SUBMIT_UNKNOWN && onUnknown == OnUnknownSubmit.HOLD) {
      return new BatchResumption(ledger, null, null, held(job, sorted), sorted.size(), 0);
    }
    return new BatchResumption(ledger, batch(job, sorted), null, List.of(), 0, 0);
  }

  /** Nothing is to be done with the batch itself. */
  private static BatchResumption leftAlone(List<LedgerRow> ledger, int adoptedItems) {
    return new BatchResumption(ledger, null, null, List.of(), 0, adoptedItems);
  }

  void count() {
    counts().list().forEach(count -> ImportMetrics.counter(count.getStage()).inc(count.getItems()));
  }

  /** Items of the batch by what is done with it; their manifests are those of earlier runs. */
  PartCounts counts() {
    int resumed = heldItems + adoptedItems;
    resumed += unsent == null ? 0 : unsent.getBatch().getItems().size();
    resumed += submitted == null ? 0 : submitted.getBatch().getItems().size();
    PartCounts counts = new PartCounts();
    counts.add(ImportMetrics.RESUMED, "", resumed);
    counts.add(ImportMetrics.ended(VideoState.SUBMIT_UNKNOWN), "", heldItems);
    return counts;
  }

  /** A run that was killed may have written the job's doubt, and not that of its rows. */
  private static List<VideoStatus> held(JobStatus job, List<VideoStatus> rows) {
    Instant since = Sequence.timeOf(job.getSequence());
    return rows.stream()
        .filter(row -> row.getState() == VideoState.PENDING)
        .map(
            row ->
                row.toBuilder()
                    .setErrorCode(ErrorCode.SUBMIT_UNKNOWN.name())
                    .setErrorMessage(String.valueOf(job.getErrorMessage()))
                    .inState(VideoState.SUBMIT_UNKNOWN, since))
        .toList();
  }

  private static TrackedBatch batch(JobStatus job, List<VideoStatus> rows) {
    List<ImportItem> items = new ArrayList<>(rows.size());
    List<String> legacyVideoIds = new ArrayList<>();
    for (VideoStatus row : rows) {
      items.add(row.item());
      legacyVideoIds.add(Strings.nullToEmpty(row.getVideoId()));
    }
    // Only the older answer names videos and no job.
    boolean older =
        job.getImportJobId() == null && rows.stream().anyMatch(row -> row.getVideoId() != null);
    ImportBatch batch =
        ImportBatch.planned(job.getBatchId(), job.getTarget(), items, job.getAttempt());
    return TrackedBatch.of(batch, job, older ? legacyVideoIds : List.of());
  }
}
