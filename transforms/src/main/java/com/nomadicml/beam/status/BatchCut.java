package com.nomadicml.beam.status;

import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ImportItem;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Batches as their rows make them up, and cut in two. */
final class BatchCut {
  private BatchCut() {}

  /** The batch that rows make up, in the order of their URI. */
  static TrackedBatch whole(JobStatus job, List<VideoStatus> rows) {
    List<ImportItem> items = rows.stream().map(VideoStatus::item).toList();
    return TrackedBatch.of(
        ImportBatch.planned(job.getBatchId(), job.getTarget(), items, job.getAttempt()), job);
  }

  /** Plans the items of a batch as two, of which the first has {@code first}. */
  static List<TrackedBatch> parts(
      JobStatus whole, List<VideoStatus> rows, int first, String runId, Instant at) {
    List<ImportItem> items = whole(whole, rows).getBatch().getItems();
    int middle = Math.min(first, items.size());
    List<TrackedBatch> parts = new ArrayList<>();
    for (List<ImportItem> part :
        List.of(items.subList(0, middle), items.subList(middle, items.size()))) {
      if (!part.isEmpty()) {
        ImportBatch batch = ImportBatch.of(whole.getTarget(), part, whole.getAttempt());
        JobStatus.Builder planned = JobStatus.planned(batch, runId, at).toBuilder();
        parts.add(TrackedBatch.of(batch, planned.setPlannedBy(whole.getPlannedBy()).build()));
      }
    }
    return parts;
  }
}
