package com.nomadicml.beam.status;

import static java.util.stream.Collectors.toMap;

import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.Sequence;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.status.BigQueryBatches.Known;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Changes the plan in BigQuery: cuts batches, takes items back, and plans some again. */
record BigQueryReplan(
    BigQueryStatusStore store,
    BigQueryAppends appends,
    BigQueryBatches batches,
    BigQueryFence fence,
    BigQueryProgress progress) {

  List<JobStatus> cut(JobStatus whole, int first, String runId, Instant at) {
    String batchId = whole.getBatchId();
    fence.check(whole.getTarget().destination(), runId);
    Known known = batches.of(batchId);
    boolean isPlanned = whole.getState() == JobState.PLANNED;
    if (isPlanned && (known == null || !known.isUnsent())) {
      return List.of();
    }
    List<VideoStatus> rows = batches.rows(batchId);
    List<TrackedBatch> parts = BatchCut.parts(whole, rows, first, runId, at);
    Map<String, VideoStatus> before =
        rows.stream().collect(toMap(VideoStatus::getSourceUri, row -> row));
    List<VideoStatus> moved = new ArrayList<>();
    for (TrackedBatch part : parts) {
      for (VideoStatus planned : part.plannedRows()) {
        VideoStatus row = before.get(planned.getSourceUri());
        moved.add(
            planned.toBuilder()
                .setState(row.getState())
                .setSequence(Sequence.after(row.getSequence(), at))
                .build());
      }
    }
    plan(parts.stream().map(TrackedBatch::getJob).toList(), moved);
    progress.write(isPlanned ? stopped(whole, runId, "it was cut in two", at) : whole);
    batches.end(batchId);
    return parts.stream().map(TrackedBatch::getJob).toList();
  }

  static JobStatus stopped(JobStatus job, String runId, String reason, Instant at) {
    return job.toBuilder()
        .setRunId(runId)
        .setErrorMessage(reason)
        .setCompletedAt(at.toEpochMilli())
        .inState(JobState.STOPPED, at);
  }

  /** Writes new batches, so that none is open before all of its rows are there. */
  void plan(List<JobStatus> jobs, List<VideoStatus> rows) {
    appends.upsert(store.items(), rows);
    jobs.forEach(progress::write);
    jobs.forEach(job -> batches.forget(job.getBatchId()));
    appends.upsert(store.videos(), rows);
  }

  void unplan(
      List<JobStatus> stopped, String errorCode, String errorMessage, String runId, Instant at) {
    for (JobStatus job : stopped) {
      fence.check(job.getTarget().destination(), runId);
      Known known = batches.of(job.getBatchId());
      if (known == null || !known.isUnsent()) {
        continue;
      }
      appends.upsert(
          store.videos(),
          batches
              .unsent(job.getBatchId())
              .map(
                  row ->
                      row.toBuilder()
                          .setBatchId(null)
                          .setErrorCode(errorCode)
                          .setErrorMessage(errorMessage)
                          .setRunId(runId)
                          .setState(VideoState.PENDING)
                          .setUpdatedAt(at.toEpochMilli())
                          .setSequence(
                              Sequence.after(
                                  row.getSequence(),
                                  row.getAttempt(),
                                  VideoState.PENDING.rank(),
                                  at))
                          .build())
              .toList());
      progress.write(stopped(job, runId, errorMessage, at));
      batches.end(job.getBatchId());
    }
  }
}
