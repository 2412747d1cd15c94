package com.nomadicml.beam.status;

import static java.util.stream.Collectors.toSet;

import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.Sequence;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.status.BigQueryBatches.Known;
import com.nomadicml.beam.status.LaneStore.Cursor;
import com.nomadicml.beam.status.LaneStore.Intent;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import javax.annotation.Nullable;

/** Writes how far the batches of a lane have come, each time above what was written before. */
record BigQueryProgress(
    BigQueryStatusStore store, BigQueryAppends appends, BigQueryBatches batches) {

  void write(List<VideoStatus> rows) {
    store.write(appends, rows);
    batches.keep(rows);
  }

  /**
   * Gives the items of a batch up that are another's by now, and has no later plan of the attempt
   * take the others.
   *
   * @return the rows of those that it keeps
   */
  List<VideoStatus> claim(JobStatus job, List<VideoStatus> rows) {
    List<String> uris = rows.stream().map(VideoStatus::getSourceUri).toList();
    List<VideoStatus> kept =
        store.videos(job.getTarget().destination(), uris).stream()
            .filter(row -> job.getBatchId().equals(row.getBatchId()))
            .map(BigQueryAdoption::above)
            .sorted(Comparator.comparing(VideoStatus::getSourceUri))
            .toList();
    Set<String> keptUris = kept.stream().map(VideoStatus::getSourceUri).collect(toSet());
    appends.delete(
        store.items(),
        rows.stream()
            .filter(row -> !keptUris.contains(row.getSourceUri()))
            .map(BigQueryAdoption::gone)
            .toList());
    store.write(appends, kept);
    batches.reduce(job.getBatchId(), kept);
    return kept;
  }

  void write(JobStatus job) {
    appends.upsert(store.jobs(), List.of(known(job)));
  }

  /** A job as it is written: of two writes of one state the later one counts. */
  JobStatus known(JobStatus job) {
    Known before = batches.of(job.getBatchId());
    if (before == null) {
      batches.put(new Known(job, null, 0, null, 0));
      return job;
    }
    long last = before.job().getSequence();
    boolean isLater = job.getSequence() > last || Sequence.isSameStage(job.getSequence(), last);
    JobStatus next =
        isLater ? job.toBuilder().setSequence(Math.max(job.getSequence(), last + 1)).build() : job;
    if (isLater) {
      batches.put(
          new Known(
              next,
              before.intent(),
              before.intentWrites(),
              before.cursor(),
              before.cursorWrites()));
    }
    return next;
  }

  void write(String batchId, Intent intent, @Nullable String body) {
    Known known = batches.of(batchId);
    long writes = known.intentWrites() + 1;
    appends.upsert(
        store.laneTable(LaneTables.INTENTS),
        List.of(
            new RowValues(LaneTables.INTENTS)
                .with("batch_id", batchId)
                .with("run_id", intent.runId())
                .with("idempotency_key", intent.key())
                .with("sends", (long) intent.sends())
                .with("sent_at", intent.at().toEpochMilli())
                .with("body", body)
                .with(LaneTables.SEQUENCE, writes)));
    batches.put(new Known(known.job(), intent, writes, known.cursor(), known.cursorWrites()));
  }

  /** Null when there is none any more. */
  void write(String batchId, @Nullable Cursor cursor) {
    Known known = batches.of(batchId);
    if (cursor == null && (known == null || known.cursorWrites() == 0)) {
      return;
    }
    long writes = known == null ? 1 : known.cursorWrites() + 1;
    appends.upsert(
        store.laneTable("import_cursors"),
        List.of(
            new RowValues("import_cursors")
                .with("batch_id", batchId)
                .with("next_look_at", cursor == null ? 0L : cursor.nextLookAt().toEpochMilli())
                .with("waited", cursor == null ? 0L : cursor.waited())
                .with("reading", cursor == null ? null : cursor.reading())
                .with(LaneTables.SEQUENCE, writes)));
    if (known != null) {
      batches.put(new Known(known.job(), known.intent(), known.intentWrites(), cursor, writes));
    }
  }
}
