package com.nomadicml.beam.status;

import static java.util.stream.Collectors.toSet;

import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.status.LaneStore.Closed;
import com.nomadicml.beam.status.LaneStore.Cursor;
import com.nomadicml.beam.status.LaneStore.Intent;
import com.nomadicml.beam.status.LaneStore.OpenBatch;
import com.nomadicml.beam.status.LaneStore.Outcome;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.annotation.Nullable;

/** What a lane reads of the tables. */
record JdbcLaneRead(JdbcDatabase database) {
  static final String OPEN = "('PENDING', 'SUBMIT_UNKNOWN', 'SUBMITTED')";

  /** Of batches {@code j}: what was never sent, with their intents {@code i}. */
  static final String UNSENT = "(j.state = 'PLANNED' AND i.batch_id IS NULL)";

  /** Of a batch. */
  static final String ROWS = "SELECT * FROM import_videos WHERE batch_id = ? ORDER BY source_uri";

  private static final String LEASED = "(SELECT destination FROM import_leases WHERE run_id = ?)";

  /** Joins batches {@code j} with those of them that items of the run's destinations name. */
  static final String NAMED =
      " JOIN (SELECT DISTINCT batch_id FROM import_videos WHERE destination IN "
          + LEASED
          + " AND state IN "
          + OPEN
          + ") v ON v.batch_id = j.batch_id WHERE j.state NOT IN ('REFUSED', 'STOPPED')";

  private static final String BATCHES =
      "SELECT j.*, i.run_id AS sent_by, i.idempotency_key, i.sends, i.sent_at,"
          + " c.next_look_at, c.waited, c.reading FROM import_jobs j"
          + " LEFT JOIN import_intents i ON i.batch_id = j.batch_id"
          + " LEFT JOIN import_cursors c ON c.batch_id = j.batch_id";

  private static final String IN_ORDER = " ORDER BY j.submitted_at, j.planned_at, j.batch_id";

  private static final String ARRIVED =
      BATCHES
          + " JOIN (SELECT batch_id FROM import_arrivals WHERE run_id = ? ORDER BY planned_at LIMIT "
          + JdbcArrivals.AT_ONCE
          + ") a ON a.batch_id = j.batch_id"
          + IN_ORDER;

  private static final String PROVEN =
      "SELECT * FROM import_jobs WHERE uploaded > 0"
          + " AND scope || '/' || COALESCE(folder, '') IN "
          + LEASED;

  static final String OUTCOMES =
      "SELECT v.state, v.error_code, COUNT(*) AS items FROM import_videos v"
          + " JOIN import_jobs j ON j.batch_id = v.batch_id WHERE j.run_id = ?"
          + " GROUP BY v.state, v.error_code"
          + " UNION ALL SELECT state, error_code, COUNT(*) AS items FROM import_videos"
          + " WHERE run_id = ? AND batch_id IS NULL AND state = 'PENDING'"
          + " GROUP BY state, error_code";

  List<OpenBatch> open(String runId) {
    return new JdbcQuery(database, BATCHES + NAMED + IN_ORDER)
        .list(this::openBatch, List.of(runId));
  }

  /** The same without those that were never sent. */
  List<OpenBatch> sent(String runId) {
    return new JdbcQuery(database, BATCHES + NAMED + " AND NOT " + UNSENT + IN_ORDER)
        .list(this::openBatch, List.of(runId));
  }

  List<OpenBatch> arrived(String runId) {
    return new JdbcQuery(database, ARRIVED).list(this::openBatch, List.of(runId));
  }

  Set<ImportTarget> proven(String runId, Instant since) {
    return new JdbcQuery(database, PROVEN)
        .list(database.dialect().rows(JobTable.JOBS), List.of(runId)).stream()
            .filter(job -> job.getCompletedAt() != null)
            .filter(job -> job.getCompletedAt() >= since.toEpochMilli())
            .map(JobStatus::getTarget)
            .collect(toSet());
  }

  private OpenBatch openBatch(ResultSet row) throws SQLException {
    JobStatus job = database.dialect().rows(JobTable.JOBS).map(row);
    Intent intent =
        row.getString("idempotency_key") == null
            ? null
            : new Intent(
                row.getString("sent_by"),
                row.getString("idempotency_key"),
                row.getInt("sends"),
                database.dialect().readTime(row, "sent_at"));
    Cursor cursor =
        row.getString("reading") == null
            ? null
            : new Cursor(
                database.dialect().readTime(row, "next_look_at"),
                row.getLong("waited"),
                row.getString("reading"));
    return new OpenBatch(job, intent, cursor);
  }

  List<VideoStatus> rows(String batchId) {
    return new JdbcQuery(database, ROWS)
        .list(database.dialect().rows(VideoTable.VIDEOS), List.of(batchId));
  }

  List<Outcome> outcomes(String runId) {
    return new JdbcQuery(database, OUTCOMES)
        .list(
            row ->
                new Outcome(
                    VideoState.valueOf(row.getString("state")),
                    row.getString("error_code"),
                    row.getLong("items")),
            List.of(runId, runId));
  }

  List<Closed> closed(String runId, long from, int most) {
    String sql =
        "SELECT position, batch_id FROM import_outcomes WHERE run_id = ? AND position >= "
            + from
            + " ORDER BY position LIMIT "
            + most;
    return new JdbcQuery(database, sql)
        .list(
            row -> new Closed(row.getLong("position"), row.getString("batch_id")), List.of(runId));
  }

  List<VideoStatus> unplanned(String runId, @Nullable VideoStatus after, long skipped, int most) {
    List<String> parameters = new ArrayList<>(List.of(runId));
    if (after != null) {
      parameters.add(after.getDestination());
      parameters.add(after.getSourceUri());
    }
    String sql =
        "SELECT * FROM import_videos WHERE run_id = ? AND batch_id IS NULL AND state = 'PENDING'"
            + (after == null ? "" : " AND (destination, source_uri) > (?, ?)")
            + " ORDER BY destination, source_uri LIMIT "
            + most
            + " OFFSET "
            + skipped;
    return new JdbcQuery(database, sql)
        .list(database.dialect().rows(VideoTable.VIDEOS), parameters);
  }
}
