package com.nomadicml.beam.status;

import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.Sequence;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.status.LaneStore.Body;
import com.nomadicml.beam.status.LaneStore.Fixed;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import javax.annotation.Nullable;

/**
 * Writes the intent to send a batch, in one transaction with what it fixes.
 *
 * @param epoch of the lane that writes; null for one that is driven by hand
 * @param sends which one of the batch's sends it is
 * @param maker makes the body of a batch
 */
record JdbcIntent(
    JdbcDatabase database,
    @Nullable Long epoch,
    JobStatus job,
    String runId,
    int sends,
    Instant at,
    Function<TrackedBatch, Body> maker) {
  private static final String COUNT = "SELECT COUNT(*) FROM import_videos WHERE batch_id = ?";
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

  /** A batch as its rows are, with a body that was made of them. */
  record Draft(TrackedBatch batch, Body body) {
    int items() {
      return batch.getBatch().getItems().size();
    }
  }

  /** Empty when the batch has no items any more, or was taken or sent since. */
  Optional<Fixed> write() {
    // SQLite has one writer: what takes long is done before.
    Draft draft = draft(new JdbcLaneRead(database).rows(job.getBatchId()));
    AtomicReference<Fixed> fixed = new AtomicReference<>();
    new JdbcTransaction(database)
        .run(
            "write an intent",
            connection -> {
              boolean isTriedAgain = fixed.get() != null;
              fixed.set(write(connection, draft, isTriedAgain));
            });
    return Optional.ofNullable(fixed.get());
  }

  private Draft draft(List<VideoStatus> rows) {
    JobStatus exact = job.toBuilder().setRequested(rows.size()).build();
    TrackedBatch batch = BatchCut.whole(exact, rows);
    return new Draft(batch, maker.apply(batch));
  }

  /**
   * Writes it in a transaction.
   *
   * @param draft of the batch as it was shortly before
   * @param isTriedAgain whether a commit of the same may have succeeded before
   */
  @Nullable
  Fixed write(Connection connection, Draft draft, boolean isTriedAgain) throws SQLException {
    JdbcStatements statements = new JdbcStatements(database, connection);
    String batchId = job.getBatchId();
    statements.fence(job.getTarget().destination(), runId, epoch);
    long raised = Sequence.of(job.getAttempt(), VideoState.SUBMIT_UNKNOWN.rank(), at);
    statements.execute(RAISE, raised, raised, batchId);
    List<Before> before = statements.list(SENT, this::before, batchId);
    if (before.isEmpty() || before.get(0).isTaken()) {
      return null;
    }
    boolean isWritten = isTriedAgain && before.get(0).is(runId, sends, at);
    if (before.get(0).sends() != sends - 1 && !isWritten) {
      return null;
    }
    int items = statements.list(COUNT, row -> row.getInt(1), batchId).get(0);
    if (items == 0) {
      statements.execute(SUPERSEDE, runId, at, batchId);
      return null;
    }
    // Items leave a batch for another plan, and none joins it.
    Draft exact =
        items == draft.items()
            ? draft
            : draft(
                statements.list(
                    JdbcLaneRead.ROWS, database.dialect().rows(VideoTable.VIDEOS), batchId));
    Body body = body(before.get(0).body(), exact.body());
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
        items,
        batchId,
        items);
    return new Fixed(exact.batch(), body, sends);
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
  private static Body body(@Nullable Body fixed, Body made) {
    if (fixed == null) {
      return made;
    }
    return fixed.text() == null ? new Body(made.text(), fixed.key()) : fixed;
  }
}
