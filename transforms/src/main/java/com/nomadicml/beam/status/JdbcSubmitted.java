package com.nomadicml.beam.status;

import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.Sequence;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/**
 * Records that a batch was taken: its job at once, as nothing may forget it, and then all of its
 * rows by one statement, as they differ from what was written ahead in what they have in common.
 */
record JdbcSubmitted(JdbcDatabase database) {
  private static final String UPDATE =
      "UPDATE import_videos SET state = 'SUBMITTED', run_id = ?, import_job_id = ?,"
          + " video_id = NULL, video_ids = NULL, api_status = NULL, error_code = NULL,"
          + " error_message = NULL,"
          + " sequence = ?, updated_at = ? WHERE batch_id = ? AND sequence < ?";

  void write(TrackedBatch batch, String runId, Instant at) {
    new JdbcTransaction(database)
        .runEach(
            "write a submitted batch",
            List.of(
                new JdbcUpsert<>(database, JobTable.JOBS).of(List.of(batch.getJob())),
                connection -> writeRows(connection, batch, runId, at)));
  }

  private void writeRows(Connection connection, TrackedBatch batch, String runId, Instant at)
      throws SQLException {
    int written = update(connection, batch, runId, at);
    if (written < batch.getBatch().getItems().size()) {
      // Some are further already; or what was written ahead lost against a clock that was ahead,
      // and the row is another batch's by its id.
      new JdbcUpsert<>(database, VideoTable.VIDEOS)
          .of(batch.rows(VideoState.SUBMITTED, null, null, runId, at))
          .to(connection);
    }
  }

  private int update(Connection connection, TrackedBatch batch, String runId, Instant at)
      throws SQLException {
    JobStatus job = batch.getJob();
    long sequence = Sequence.of(batch.getBatch().getAttempt(), VideoState.SUBMITTED.rank(), at);
    try (PreparedStatement statement = connection.prepareStatement(UPDATE)) {
      statement.setString(1, StorableText.of(runId));
      statement.setString(2, StorableText.of(job.getImportJobId()));
      statement.setLong(3, sequence);
      database.dialect().bindTime(statement, 4, at);
      statement.setString(5, batch.getBatch().getBatchId());
      statement.setLong(6, sequence);
      return statement.executeUpdate();
    }
  }
}
