package com.nomadicml.beam.status;

import com.google.common.collect.Lists;
import com.nomadicml.beam.model.ImportItem;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.Sequence;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.annotation.Nullable;

/** Changes the plan: cuts batches, takes items back, and plans items that have failed again. */
record JdbcReplan(JdbcDatabase database, @Nullable Long epoch) {
  /** A transaction keeps the lane's row, and its renewal waits for that. */
  private static final int BATCHES_AT_ONCE = 10;

  private static final String TO_PARTS =
      "UPDATE import_videos SET batch_id = ?, run_id = ?, sequence = sequence + 1,"
          + " error_code = NULL, error_message = NULL, updated_at = ?"
          + " WHERE destination = ? AND source_uri = ? AND batch_id = ?";

  private static final String KEEP_ATTEMPT =
      "INSERT INTO import_attempts (destination, source_uri, attempt, run_id, batch_id,"
          + " import_job_id, video_id, state, error_code, error_message, updated_at)"
          + " SELECT destination, source_uri, attempt, run_id, batch_id, import_job_id, video_id,"
          + " state, error_code, error_message, updated_at FROM import_videos"
          + " WHERE destination = ? AND source_uri = ? AND attempt > 0 AND attempt < ?"
          + " ON CONFLICT (destination, source_uri, attempt) DO NOTHING";

  private static final String TAKE_BACK =
      "UPDATE import_videos SET batch_id = NULL, state = 'PENDING', error_code = ?,"
          + " error_message = ?, run_id = ?, updated_at = ?, sequence = ?"
          + " WHERE batch_id = ? AND state IN ('PENDING', 'SUBMIT_UNKNOWN')";

  private static final String STOP =
      "UPDATE import_jobs SET state = ?, run_id = ?, error_message = ?, completed_at = ?,"
          + " sequence = ? WHERE batch_id = ?";

  List<JobStatus> cut(JobStatus whole, int first, String runId, Instant at) {
    List<VideoStatus> rows = new JdbcLaneRead(database).rows(whole.getBatchId());
    List<TrackedBatch> parts = BatchCut.parts(whole, rows, first, runId, at);
    JdbcTransaction.Write jobs =
        new JdbcUpsert<>(database, JobTable.JOBS)
            .of(parts.stream().map(TrackedBatch::getJob).toList());
    AtomicBoolean isCut = new AtomicBoolean();
    new JdbcTransaction(database)
        .run(
            "cut a batch",
            connection -> {
              JdbcStatements statements = new JdbcStatements(database, connection);
              statements.fence(whole.getTarget().destination(), runId, epoch);
              isCut.set(whole.getState() != JobState.PLANNED || isUnsent(statements, whole, at));
              if (!isCut.get()) {
                return;
              }
              for (TrackedBatch part : parts) {
                moveRows(statements, part, whole.getBatchId(), runId, at);
              }
              jobs.to(connection);
              end(connection, whole);
            });
    return isCut.get() ? parts.stream().map(TrackedBatch::getJob).toList() : List.of();
  }

  /** Whether nobody has sent a batch; locks its intent, so that nobody does before this is done. */
  private static boolean isUnsent(JdbcStatements statements, JobStatus batch, Instant at)
      throws SQLException {
    statements.execute(
        "INSERT INTO import_intents (batch_id, run_id, idempotency_key, sends, sent_at)"
            + " VALUES (?, '', '', 0, ?) ON CONFLICT (batch_id) DO NOTHING",
        batch.getBatchId(),
        at);
    return statements.execute(
            "DELETE FROM import_intents WHERE batch_id = ? AND sends = 0", batch.getBatchId())
        > 0;
  }

  private static void moveRows(
      JdbcStatements statements, TrackedBatch part, String from, String runId, Instant at)
      throws SQLException {
    String destination = StorableText.key(part.getBatch().getTarget().destination());
    for (ImportItem item : part.getBatch().getItems()) {
      statements.execute(
          TO_PARTS,
          part.getBatch().getBatchId(),
          runId,
          at,
          destination,
          StorableText.key(item.getSourceUri()),
          from);
    }
  }

  /** The same items may be planned as one batch again: nothing of this one is to be in the way. */
  private void end(Connection connection, JobStatus whole) throws SQLException {
    JdbcStatements statements = new JdbcStatements(database, connection);
    statements.execute("DELETE FROM import_intents WHERE batch_id = ?", whole.getBatchId());
    if (whole.getState() == JobState.PLANNED) {
      statements.execute("DELETE FROM import_jobs WHERE batch_id = ?", whole.getBatchId());
    } else {
      statements.execute(
          "UPDATE import_jobs SET state = ?, run_id = ?, error_message = ?,"
              + " sequence = sequence + 1 WHERE batch_id = ?",
          whole.getState(),
          whole.getRunId(),
          whole.getErrorMessage(),
          whole.getBatchId());
    }
  }

  void unplan(
      List<JobStatus> batches, String errorCode, String errorMessage, String runId, Instant at) {
    for (List<JobStatus> some : Lists.partition(batches, BATCHES_AT_ONCE)) {
      unplanSome(some, errorCode, errorMessage, runId, at);
    }
  }

  private void unplanSome(
      List<JobStatus> batches, String errorCode, String errorMessage, String runId, Instant at) {
    new JdbcTransaction(database)
        .run(
            "take items of a stopped target back",
            connection -> {
              JdbcStatements statements = new JdbcStatements(database, connection);
              for (JobStatus batch : batches) {
                statements.fence(batch.getTarget().destination(), runId, epoch);
                if (isUnsent(statements, batch, at)) {
                  // Below any new plan, even where an intent had raised them.
                  long sequence = Sequence.of(batch.getAttempt(), VideoState.PENDING.rank(), at);
                  String batchId = batch.getBatchId();
                  statements.execute(
                      TAKE_BACK, errorCode, errorMessage, runId, at, sequence, batchId);
                  statements.execute(
                      STOP, JobState.STOPPED, runId, errorMessage, at, sequence, batchId);
                }
              }
            });
  }

  void retry(TrackedBatch batch) {
    List<VideoStatus> rows = batch.plannedRows();
    JdbcTransaction.Write videos = new JdbcUpsert<>(database, VideoTable.VIDEOS).of(rows);
    JdbcTransaction.Write jobs =
        new JdbcUpsert<>(database, JobTable.JOBS).of(List.of(batch.getJob()));
    new JdbcTransaction(database)
        .run(
            "plan failed items again",
            connection -> {
              new JdbcStatements(database, connection)
                  .fence(
                      batch.getBatch().getTarget().destination(), batch.getJob().getRunId(), epoch);
              keepAttempts(database, connection, rows);
              videos.to(connection);
              jobs.to(connection);
            });
  }

  /** Keeps what rows of a further attempt are about to replace. */
  static void keepAttempts(JdbcDatabase database, Connection connection, List<VideoStatus> rows)
      throws SQLException {
    JdbcStatements statements = new JdbcStatements(database, connection);
    for (VideoStatus row : rows) {
      if (row.getAttempt() > 1) {
        statements.execute(
            KEEP_ATTEMPT,
            StorableText.key(row.getDestination()),
            StorableText.key(row.getSourceUri()),
            row.getAttempt());
      }
    }
  }
}
