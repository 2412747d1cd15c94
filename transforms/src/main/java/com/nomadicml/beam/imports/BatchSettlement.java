package com.nomadicml.beam.imports;

import com.nomadicml.beam.model.ImportItem;
import com.nomadicml.beam.model.JobPage;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.SeenVideo;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what a job's pages showed into rows of its batch. */
public final class BatchSettlement {
  private static final Logger LOG = LoggerFactory.getLogger(BatchSettlement.class);

  private final TrackedBatch batch;
  private final String runId;
  private final Clock clock;
  private final Map<String, ImportItem> items = new LinkedHashMap<>();
  private final UriMatcher matcher;
  private final Map<VideoState, Integer> counts = new EnumMap<>(VideoState.class);
  private int withoutViews;
  private long rowsAt;

  /**
   * @param rowsAt of the last rows of this batch, in epoch milliseconds; 0 when there were none
   */
  public BatchSettlement(TrackedBatch batch, String runId, Clock clock, long rowsAt) {
    this.batch = batch;
    this.runId = runId;
    this.clock = clock;
    this.rowsAt = rowsAt;
    this.matcher = new UriMatcher(batch.getBatch());
    batch.getBatch().getItems().forEach(item -> items.put(item.getSourceUri(), item));
  }

  /**
   * Later than any rows before, however coarse the clock: of two rows of an item with one time, the
   * tables would keep the older one.
   */
  private Instant timeOfRows() {
    rowsAt = Math.max(clock.millis(), rowsAt + 1);
    return Instant.ofEpochMilli(rowsAt);
  }

  /** Remembers what a page showed; the rows of items that became terminal, or changed since. */
  public List<VideoStatus> show(JobPage page, Map<String, SeenItem> seen) {
    Map<String, VideoStatus> changed = new LinkedHashMap<>();
    Instant now = timeOfRows();
    for (SeenVideo video : page.getVideos()) {
      String uri = matcher.match(video.getSourceUri());
      if (uri == null) {
        ImportMetrics.counter(ImportMetrics.UNREQUESTED_ROWS).inc();
        LOG.debug("Job {} shows a row nobody asked for", batch.getJob().getImportJobId());
        continue;
      }
      SeenItem before = seen.get(uri);
      SeenItem after =
          before == null
              ? SeenItem.of(video, page.getNumber())
              : before.merge(video, page.getNumber());
      seen.put(uri, after);
      if (!after.saysTheSameAs(before) && after.getState().isFinal()) {
        changed.put(uri, row(items.get(uri), after, now));
      }
    }
    return new ArrayList<>(changed.values());
  }

  /** Counts every item of the batch; the rows of those that no page showed as terminal. */
  public List<VideoStatus> end(JobPage page, Map<String, SeenItem> seen) {
    List<VideoStatus> rows = new ArrayList<>();
    Instant now = timeOfRows();
    boolean leftOpen = page.getEnd() == JobState.SUBMITTED;
    for (ImportItem item : items.values()) {
      SeenItem found = seen.get(item.getSourceUri());
      VideoState unseen = leftOpen ? VideoState.SUBMITTED : VideoState.MISSING;
      VideoState state = found == null ? unseen : found.getState();
      counts.merge(state, 1, Integer::sum);
      withoutViews += found != null && found.lacksViews() ? 1 : 0;
      if (leftOpen) {
        // The tables say so already.
        continue;
      }
      if (found == null) {
        rows.add(
            base(item)
                .setErrorCode(ErrorCode.NEVER_SHOWN.name())
                .setErrorMessage(reason(page, "the API never showed this item"))
                .inState(VideoState.MISSING, now));
      } else if (!found.getState().isFinal()) {
        rows.add(
            shown(item, found)
                .setErrorCode(ErrorCode.STILL_PROCESSING.name())
                .setErrorMessage(reason(page, "the API had not finished this item by the deadline"))
                .inState(VideoState.SUBMITTED, now));
      }
    }
    counts.forEach(ImportMetrics::countEnded);
    ImportMetrics.counter(ImportMetrics.UPLOADED_WITHOUT_VIEWS).inc(withoutViews);
    return rows;
  }

  /** The job's row once {@link #end} has counted its items. */
  public JobStatus closedJob(JobPage page) {
    Instant now = clock.instant();
    if (page.getTotal() > 0 && page.getTotal() != items.size()) {
      ImportMetrics.counter(ImportMetrics.OTHER_TOTALS).inc();
    }
    JobStatus closed =
        batch.getJob().toBuilder()
            .setRunId(runId)
            .setTotal(page.getTotal() > 0 ? Integer.valueOf(page.getTotal()) : null)
            .setUploaded(count(VideoState.UPLOADED))
            .setFailed(count(VideoState.UPLOADING_FAILED))
            .setMissing(count(VideoState.MISSING))
            .setErrorMessage(page.getReason())
            .setCompletedAt(page.getEnd() == JobState.SUBMITTED ? null : now.toEpochMilli())
            .inState(page.getEnd(), now);
    JobLog.ended(closed);
    return closed;
  }

  private int count(VideoState state) {
    return counts.getOrDefault(state, 0);
  }

  private VideoStatus row(ImportItem item, SeenItem found, Instant now) {
    VideoStatus.Builder row = shown(item, found);
    if (found.getState() == VideoState.UPLOADING_FAILED) {
      row.setErrorCode(ErrorCode.IMPORT_FAILED.name())
          .setErrorMessage(found.getError() == null ? "no reason given" : found.getError());
    } else if (found.lacksViews()) {
      row.setErrorCode(ErrorCode.VIEWS_FAILED.name())
          .setErrorMessage(
              "the front is uploaded, but these views of the set failed: "
                  + String.join(", ", found.getViews().getFailed()));
    }
    return row.inState(found.getState(), now);
  }

  private VideoStatus.Builder shown(ImportItem item, SeenItem found) {
    return base(item)
        .setVideoId(found.getVideoId())
        .setVideoIds(found.getViews() == null ? Map.of() : found.getViews().getVideoIds())
        .setApiStatus(found.getApiStatus());
  }

  private VideoStatus.Builder base(ImportItem item) {
    return VideoStatus.of(batch.getBatch(), item, runId)
        .setImportJobId(batch.getJob().getImportJobId());
  }

  private static String reason(JobPage page, String fallback) {
    @Nullable String reason = page.getReason();
    return reason == null ? fallback : fallback + ": " + reason;
  }
}
