package com.nomadicml.beam.imports;

import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ImportItem;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Cuts a batch that is too large for one request in two. */
final class BatchHalves {
  private BatchHalves() {}

  /** The halves, written ahead as every batch is; they take the whole's rows over. */
  static List<TrackedBatch> writeAhead(
      TrackedBatch whole, JobJournal journal, String runId, Instant at) {
    List<ImportItem> items = whole.getBatch().getItems();
    int middle = items.size() / 2;
    // Later than the rows that they replace, however coarse the clock.
    Instant now = later(at, whole.getJob().getPlannedAt());
    List<TrackedBatch> halves =
        List.of(
            half(whole, items.subList(0, middle), runId, now),
            half(whole, items.subList(middle, items.size()), runId, now));
    boolean isInDoubt = whole.getJob().getUnknownSubmits() > 0;
    VideoState state = isInDoubt ? VideoState.SUBMIT_UNKNOWN : VideoState.PENDING;
    List<VideoStatus> rows = new ArrayList<>(items.size());
    for (TrackedBatch half : halves) {
      rows.addAll(half.rows(state, null, null, runId, now));
    }
    journal.recordVideos(rows);
    halves.forEach(half -> journal.recordJob(half.getJob()));
    return halves;
  }

  private static TrackedBatch half(
      TrackedBatch whole, List<ImportItem> items, String runId, Instant now) {
    ImportBatch half =
        ImportBatch.of(whole.getBatch().getTarget(), items, whole.getBatch().getAttempt());
    return TrackedBatch.of(half, JobStatus.planned(half, runId, now));
  }

  private static Instant later(Instant now, long millis) {
    Instant next = Instant.ofEpochMilli(millis + 1);
    return now.isAfter(next) ? now : next;
  }
}
