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
  private static final String BODY =
      "SELECT idempotency_key, body FROM import_intents WHERE batch_id = ?";

  Optional<Fixed> write(
      JobStatus job, String runId, int sends, Instant at, Function<TrackedBatch, Body> maker) {
    AtomicReference<Fixed> fixed = new AtomicReference<>();
    new JdbcTransaction(database)
        .run(
            "write an intent",
            connection -> fixed.set(write(connection, job, runId, sends, at, maker)));
    return Optional.ofNullable(fixed.get());
  }

  @Nullable
  private Fixed write(
      Connection connection,
      JobStatus job,
      String runId,
      int sends,
      Instant at,
      Function<TrackedBatch, Body> maker)
      throws SQLException {
    JdbcStatements statements = new JdbcStatements(database, connection);
    statements.fence(job.getTarget().destination(), runId, epoch);
    List<VideoStatus> rows =
        list(
            connection,
            ROWS,
            row -> database.dialect().read(VideoTable.VIDEOS, row),
            job.getBatchId());
    if (rows.isEmpty()) {
      return null;
    }
    TrackedBatch batch = JdbcLaneStore.batch(job, rows);
    List<Body> before =
        list(
            connection,
            BODY,
            row -> new Body(row.getString("body"), row.getString("idempotency_key")),
            job.getBatchId());
    Body body = body(batch, before, maker);
    statements.upsert(
        "import_intents",
        1,
        "batch_id, run_id, idempotency_key, sends, sent_at, body",
        job.getBatchId(),
        runId,
        body.key(),
        sends,
        at,
        body.text());
    long raised = Sequence.of(job.getAttempt(), VideoState.SUBMIT_UNKNOWN.rank(), at);
    statements.execute(
        "UPDATE import_videos SET sequence = ? WHERE batch_id = ? AND sequence < ?"
            + " AND state IN ('PENDING', 'SUBMIT_UNKNOWN')",
        raised,
        job.getBatchId(),
        raised);
    return new Fixed(batch, body, sends);
  }

  /** A batch of an earlier version has its key, and its items are its body. */
  private static Body body(
      TrackedBatch batch, List<Body> before, Function<TrackedBatch, Body> maker) {
    if (before.isEmpty()) {
      return maker.apply(batch);
    }
    Body fixed = before.get(0);
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
