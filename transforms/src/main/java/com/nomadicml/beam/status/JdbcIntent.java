package com.nomadicml.beam.status;

import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.Sequence;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.status.LaneStore.Body;
import com.nomadicml.beam.status.LaneStore.Fixed;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import javax.annotation.Nullable;

/** Writes the intent to send a batch, in one transaction with what it fixes. */
record JdbcIntent(JdbcDatabase database, @Nullable Long epoch) {
  private static final String ROWS =
      "SELECT * FROM import_videos WHERE batch_id = ? ORDER BY source_uri";
  private static final String SENT =
      "SELECT i.run_id AS sent_by, i.sent_at, i.sends, i.idempotency_key, i.body,"
          + " j.submitted_at FROM import_jobs j"
          + " LEFT JOIN import_intents i ON i.batch_id = j.batch_id WHERE j.batch_id = ?";

  /** Locks the rows, so that no other plan has one of them until the body is fixed. */
  private static final String RAISE =
      "UPDATE import_videos SET sequence = CASE WHEN sequence < ? THEN ? ELSE sequence END"
          + " WHERE batch_id = ? AND state IN ('PENDING', 'SUBMIT_UNKNOWN')";

  private static final String SUPERSEDE =
      "UPDATE import_jobs SET state = 'STOPPED', run_id = ?,"
          + " error_message = 'its items belong to other batches', completed_at = ?,"
          + " sequence = sequence + 1 WHERE batch_id = ? AND state = 'PLANNED'";

  /**
   * What was sent of a batch so far.
   *
   * @param body null when there is none, or none that was fixed
   */
  private record Before(
      @Nullable String runId,
      @Nullable Instant at,
      int sends,
      @Nullable Body body,
      boolean isTaken) {

    /** Whether it is what a commit has left whose answer was lost. */
    boolean is(String itsRunId, int itsSends, Instant itsTime) {
      return sends == itsSends
          && itsRunId.equals(runId)
          && at != null
          && at.toEpochMilli() == itsTime.toEpochMilli();
    }
  }

  Optional<Fixed> write(
      JobStatus job, String runId, int sends, Instant at, Function<TrackedBatch, Body> maker) {
    AtomicReference<Fixed> fixed = new AtomicReference<>();
    new JdbcTransaction(database)
        .run(
            "write an intent",
            connection -> {
              boolean isTriedAgain = fixed.get() != null;
              fixed.set(write(connection, job, runId, sends, at, maker, isTriedAgain));
            });
    return Optional.ofNullable(fixed.get());
  }

  /**
   * Writes it in a transaction.
   *
   * @param isTriedAgain whether a commit of the same may have succeeded before
   */
  @Nullable
  Fixed write(
      Connection connection,
      JobStatus job,
      String runId,
      int sends,
      Instant at,
      Function<TrackedBatch, Body> maker,
      boolean isTriedAgain)
      throws SQLException {
    JdbcStatements statements = new JdbcStatements(database, connection);
    String batchId = job.getBatchId();
    statements.fence(job.getTarget().destination(), runId, epoch);
    long raised = Sequence.of(job.getAttempt(), VideoState.SUBMIT_UNKNOWN.rank(), at);
    statements.execute(RAISE, raised, raised, batchId);
    List<Before> before = list(connection, SENT, this::before, batchId);
    if (before.isEmpty() || before.get(0).isTaken()) {
      return null;
    }
    boolean isWritten = isTriedAgain && before.get(0).is(runId, sends, at);
    if (before.get(0).sends() != sends - 1 && !isWritten) {
      return null;
    }
    List<VideoStatus> rows =
        list(connection, ROWS, row -> database.dialect().read(VideoTable.VIDEOS, row), batchId);
    if (rows.isEmpty()) {
      statements.execute(SUPERSEDE, runId, at, batchId);
      return null;
    }
    JobStatus exact = job.toBuilder().setRequested(rows.size()).build();
    TrackedBatch batch = BatchCut.whole(exact, rows);
    Body body = body(batch, before.get(0).body(), maker);
    statements.upsert(
        "import_intents",
        1,
        "batch_id, run_id, idempotency_key, sends, sent_at, body",
        batchId,
        runId,
        body.key(),
        sends,
        at,
        body.text());
    statements.execute(
        "UPDATE import_jobs SET requested = ? WHERE batch_id = ? AND requested <> ?",
        rows.size(),
        batchId,
        rows.size());
    return new Fixed(batch, body, sends);
  }

  private Before before(ResultSet row) throws SQLException {
    String key = row.getString("idempotency_key");
    return new Before(
        row.getString("sent_by"),
        database.dialect().readTime(row, "sent_at"),
        row.getInt("sends"),
        key == null ? null : new Body(row.getString("body"), key),
        database.dialect().readTime(row, "submitted_at") != null);
  }

  /** A batch of an earlier version has its key, and its items are its body. */
  private static Body body(
      TrackedBatch batch, @Nullable Body fixed, Function<TrackedBatch, Body> maker) {
    if (fixed == null) {
      return maker.apply(batch);
    }
    return fixed.text() == null ? new Body(maker.apply(batch).text(), fixed.key()) : fixed;
  }

  private static <T> List<T> list(
      Connection connection, String sql, JdbcQuery.RowMapper<T> mapper, String... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setString(i + 1, parameters[i]);
      }
      try (ResultSet found = statement.executeQuery()) {
        List<T> rows = new ArrayList<>();
        while (found.next()) {
          rows.add(mapper.map(found));
        }
        return rows;
      }
    }
  }
}
