package com.nomadicml.beam.status;

import com.google.common.base.Strings;
import com.nomadicml.beam.model.ImportItem;
import com.nomadicml.beam.model.Sequence;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoState;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/**
 * Records that the API has taken a batch of a lane: its job, the rows that name it, and that nobody
 * needs its body any more.
 */
record JdbcTaken(JdbcDatabase database) {
  private static final String ROWS =
      "UPDATE import_videos SET state = 'SUBMITTED', run_id = ?, import_job_id = ?,"
          + " video_id = NULL, video_ids = NULL, api_status = NULL, error_code = NULL,"
          + " error_message = NULL, sequence = ?, updated_at = ?"
          + " WHERE batch_id = ? AND sequence < ?";

  /** An older answer names no job, but the videos. */
  private static final String VIDEO_ID =
      "UPDATE import_videos SET video_id = ?"
          + " WHERE destination = ? AND source_uri = ? AND batch_id = ? AND sequence = ?";

  void write(TrackedBatch batch, String runId, Instant at) {
    JdbcTransaction.Write job =
        new JdbcUpsert<>(database, JobTable.JOBS).of(List.of(batch.getJob()));
    JdbcTransaction.Write rows =
        connection -> writeRows(new JdbcStatements(database, connection), batch, runId, at);
    JdbcTransaction transaction = new JdbcTransaction(database);
    try {
      transaction.run(
          "write a submitted batch",
          connection -> {
            job.to(connection);
            rows.to(connection);
          });
    } catch (StatusStoreException e) {
      // What is known to be taken is never sent again. But where only the rows can say what became
      // of it, a job without them would be lost.
      if (batch.getJob().getImportJobId() != null) {
        transaction.run("write a submitted job", job);
      }
      throw e;
    }
  }

  private static void writeRows(
      JdbcStatements statements, TrackedBatch batch, String runId, Instant at) throws SQLException {
    String batchId = batch.getBatch().getBatchId();
    String importJob = batch.getJob().getImportJobId();
    long sequence = Sequence.of(batch.getBatch().getAttempt(), VideoState.SUBMITTED.rank(), at);
    statements.execute(ROWS, runId, importJob, sequence, at, batchId, sequence);
    writeVideoIds(statements, batch, sequence);
    JdbcLaneStore.forgetBody(statements, batchId);
  }

  private static void writeVideoIds(JdbcStatements statements, TrackedBatch batch, long sequence)
      throws SQLException {
    List<ImportItem> items = batch.getBatch().getItems();
    List<String> ids = batch.getLegacyVideoIds();
    for (int i = 0; i < Math.min(items.size(), ids.size()); i++) {
      statements.execute(
          VIDEO_ID,
          Strings.emptyToNull(ids.get(i)),
          StorableText.key(batch.getBatch().getTarget().destination()),
          StorableText.key(items.get(i).getSourceUri()),
          batch.getBatch().getBatchId(),
          sequence);
    }
  }
}
