package com.nomadicml.beam.imports.lane;

import com.nomadicml.beam.imports.BatchSettlement;
import com.nomadicml.beam.imports.ErrorCode;
import com.nomadicml.beam.imports.JobProgress;
import com.nomadicml.beam.imports.SeenItem;
import com.nomadicml.beam.imports.ToImportJob;
import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ImportItem;
import com.nomadicml.beam.model.ImportJob;
import com.nomadicml.beam.model.JobPage;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.SeenViews;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.status.LaneStore;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;

/**
 * The items of the batches that are being read, as long as they are: the tables have all of them.
 */
final class BatchBook {
  /** Batches in memory: what is sent within seconds, and shown at once. */
  private static final int MOST = 48;

  private final LaneStore store;
  private final String runId;
  private final Clock clock;

  /** Items that were shown and not finished yet, by batch: what the tables do not have. */
  private final Map<String, BitSet> shown = new HashMap<>();

  private final Map<String, Page> pages = new LinkedHashMap<>(MOST, 0.75f, true);

  BatchBook(LaneStore store, String runId, Clock clock) {
    this.store = store;
    this.runId = runId;
    this.clock = clock;
  }

  /** A batch in memory. */
  record Page(TrackedBatch batch, BatchSettlement settlement, Map<String, SeenItem> seen) {
    ImportJob importJob() {
      return new ToImportJob().apply(batch);
    }
  }

  /**
   * What is to be written of a page.
   *
   * @param job as it has ended; null while it is read
   * @param cursor null at the end
   */
  record Entry(
      @Nullable JobStatus job,
      List<VideoStatus> rows,
      @Nullable LaneStore.Cursor cursor,
      Settled settled) {}

  /** A batch that was read before: what it had shown then. */
  void recall(String batchId, BitSet before) {
    shown.put(batchId, before);
  }

  /** A batch that was sent. */
  void add(TrackedBatch batch) {
    put(batch, new HashMap<>(), 0);
  }

  /** The batch of a job. */
  Page open(JobStatus job) {
    Page page = pages.get(job.getBatchId());
    if (page != null) {
      return page;
    }
    List<VideoStatus> rows = store.rows(job.getBatchId());
    BitSet before = shown.getOrDefault(job.getBatchId(), new BitSet());
    List<ImportItem> items = new ArrayList<>(rows.size());
    List<String> legacyIds = new ArrayList<>();
    Map<String, SeenItem> seen = new HashMap<>();
    long last = 0;
    for (VideoStatus row : rows) {
      if (row.getState().isFinal() || before.get(items.size())) {
        seen.put(row.getSourceUri(), seen(row));
      }
      items.add(row.item());
      legacyIds.add(row.getVideoId() == null ? "" : row.getVideoId());
      last = Math.max(last, row.getUpdatedAt());
    }
    ImportBatch batch =
        ImportBatch.planned(job.getBatchId(), job.getTarget(), items, job.getAttempt());
    boolean isLegacy = job.getImportJobId() == null;
    return put(TrackedBatch.of(batch, job, isLegacy ? legacyIds : List.of()), seen, last);
  }

  private static SeenItem seen(VideoStatus row) {
    VideoState state = row.getState().isFinal() ? row.getState() : VideoState.SUBMITTED;
    return SeenItem.of(
        row.getVideoId() == null ? "" : row.getVideoId(),
        state,
        0,
        row.getApiStatus(),
        row.getErrorMessage(),
        views(row));
  }

  @Nullable
  private static SeenViews views(VideoStatus row) {
    boolean haveFailed = ErrorCode.VIEWS_FAILED.name().equals(row.getErrorCode());
    List<String> failed = haveFailed ? List.of(row.getErrorMessage()) : List.of();
    return row.getVideoIds().isEmpty() && !haveFailed
        ? null
        : SeenViews.of(row.getVideoIds(), failed);
  }

  private Page put(TrackedBatch batch, Map<String, SeenItem> seen, long rowsAt) {
    Page page = new Page(batch, new BatchSettlement(batch, runId, clock, rowsAt), seen);
    pages.put(batch.getBatch().getBatchId(), page);
    if (pages.size() > MOST) {
      pages.remove(pages.keySet().iterator().next());
    }
    return page;
  }

  /** Settles what a page showed. */
  Entry settle(JobStatus job, Change.Page change) {
    Page page = open(job);
    JobPage shownNow = change.page();
    List<VideoStatus> rows = new ArrayList<>(page.settlement().show(shownNow, page.seen()));
    String batchId = job.getBatchId();
    JobProgress progress = change.progress();
    if (progress != null) {
      BitSet unfinished = unfinished(page);
      shown.put(batchId, unfinished);
      LaneStore.Cursor cursor =
          new LaneStore.Cursor(
              Instant.ofEpochMilli(progress.nextLookAt()),
              change.waited().toMillis(),
              new Reading(progress, unfinished).text());
      return new Entry(left(page, shownNow), rows, cursor, Settled.of(page.seen().values(), 0));
    }
    rows.addAll(page.settlement().end(shownNow, page.seen()));
    JobStatus closed = page.settlement().closedJob(shownNow);
    shown.remove(batchId);
    pages.remove(batchId);
    long missing =
        shownNow.getEnd() == JobState.SUBMITTED
            ? 0
            : page.batch().getBatch().getItems().size() - page.seen().size();
    Settled settled = Settled.of(page.seen().values(), missing);
    LaneStore.Cursor left = shownNow.getEnd() == JobState.COMPLETED ? null : fromTheStart(change);
    return new Entry(closed, rows, left, settled);
  }

  /** A job's own row, when it is left to a later run that reads on; null while it is read. */
  @Nullable
  private static JobStatus left(Page page, JobPage shownNow) {
    if (shownNow.getEnd() == null) {
      return null;
    }
    page.settlement().end(shownNow, page.seen());
    return page.settlement().closedJob(shownNow);
  }

  /**
   * A job that is left to a later run is read from its first page then. What was shown is shown
   * again, and counted anew: items that are tried again have left the batch until then.
   */
  private LaneStore.Cursor fromTheStart(Change.Page change) {
    long now = clock.millis();
    String reading = new Reading(JobProgress.start(now, now), new BitSet()).text();
    return new LaneStore.Cursor(Instant.ofEpochMilli(now), change.waited().toMillis(), reading);
  }

  private static BitSet unfinished(Page page) {
    BitSet bits = new BitSet();
    List<ImportItem> items = page.batch().getBatch().getItems();
    for (int i = 0; i < items.size(); i++) {
      SeenItem item = page.seen().get(items.get(i).getSourceUri());
      bits.set(i, item != null && !item.getState().isFinal());
    }
    return bits;
  }
}
