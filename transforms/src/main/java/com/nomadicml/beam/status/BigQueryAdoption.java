package com.nomadicml.beam.status;

import static java.util.stream.Collectors.toSet;

import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.Sequence;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.status.BigQueryBatches.Known;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Takes up what is open in the destinations of a run, and makes the rows by batch say whose an item
 * is: a batch that was never sent loses the items that name another one by now, and one that may
 * have been sent takes them back. Three queries in all, however many batches there are.
 */
record BigQueryAdoption(
    BigQueryStatusStore store, BigQueryAppends appends, BigQueryBatches batches) {
  private static final String LEASED =
      "(SELECT destination FROM import_leases WHERE run_id = @run_id)";

  private static final String OPEN =
      "j.state NOT IN ('REFUSED', 'STOPPED') AND j.batch_id IN (SELECT batch_id FROM import_videos"
          + " WHERE destination IN "
          + LEASED
          + " AND state IN "
          + JdbcLaneRead.OPEN
          + ")";

  private static final String STRAY =
      ", COALESCE(s.sends, 0) AS sends FROM import_items i"
          + " JOIN import_jobs j ON j.batch_id = i.batch_id"
          + " LEFT JOIN import_intents s ON s.batch_id = i.batch_id"
          + " LEFT JOIN import_videos v"
          + " ON v.destination = i.destination AND v.source_uri = i.source_uri"
          + " WHERE i.destination IN "
          + LEASED
          + " AND j.state IN ('PLANNED', 'SUBMIT_UNKNOWN') AND j.submitted_at IS NULL"
          + " AND i.state IN ('PENDING', 'SUBMIT_UNKNOWN')"
          + " AND (v.batch_id IS NULL OR v.batch_id <> i.batch_id)"
          // Nobody reads one that no row names. Who cuts again writes it anew, maybe with a clock
          // that is behind: what is deleted would stay so.
          + " AND (s.sends > 0 OR i.batch_id IN (SELECT batch_id FROM import_videos"
          + " WHERE destination IN "
          + LEASED
          + "))";

  private static final String PROVEN =
      " FROM import_jobs WHERE uploaded > 0 AND scope || '/' || COALESCE(folder, '') IN " + LEASED;

  List<Known> open(String runId) {
    if (takeBack(runId)) {
      // From batches that were never sent, and now lose these items.
      takeBack(runId);
    }
    return batches.learn(OPEN, Map.of("run_id", runId));
  }

  /** Settles whose the items are that a batch has and a row denies; whether any were taken back. */
  private boolean takeBack(String runId) {
    List<VideoStatus> lost = new ArrayList<>();
    List<VideoStatus> takenBack = new ArrayList<>();
    String sql = "SELECT " + store.items().columns("i.") + STRAY;
    for (Map<String, Object> row : store.queryNamed(sql, Map.of("run_id", runId))) {
      VideoStatus item = store.items().fromRow(row);
      if (row.get("sends").equals("0")) {
        lost.add(gone(item));
      } else {
        takenBack.add(above(item));
      }
    }
    appends.delete(store.items(), lost);
    store.write(appends, takenBack);
    return !takenBack.isEmpty();
  }

  /** What deletes a row, unless it is written anew. */
  static VideoStatus gone(VideoStatus row) {
    return row.toBuilder().setSequence(row.getSequence() + 1).build();
  }

  /** Above any other plan of the attempt. */
  static VideoStatus above(VideoStatus row) {
    int rank = VideoState.SUBMIT_UNKNOWN.rank();
    Instant at = Instant.ofEpochMilli(row.getUpdatedAt());
    return row.toBuilder()
        .setSequence(Sequence.after(row.getSequence(), row.getAttempt(), rank, at))
        .build();
  }

  Set<ImportTarget> proven(String runId, Instant since) {
    String sql = "SELECT " + store.jobs().columns("") + PROVEN;
    return store.queryNamed(sql, Map.of("run_id", runId)).stream()
        .map(store.jobs()::fromRow)
        .filter(job -> job.getCompletedAt() != null)
        .filter(job -> job.getCompletedAt() >= since.toEpochMilli())
        .map(JobStatus::getTarget)
        .collect(toSet());
  }
}
