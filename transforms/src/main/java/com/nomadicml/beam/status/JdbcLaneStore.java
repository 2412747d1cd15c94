package com.nomadicml.beam.status;

import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.PartCount;
import com.nomadicml.beam.model.Sequence;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.status.JdbcTransaction.Durability;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import javax.annotation.Nullable;

/**
 * A lane's queue in SQLite or PostgreSQL.
 *
 * @param epoch of the lane that writes; null for one that is driven by hand
 */
record JdbcLaneStore(JdbcDatabase database, @Nullable Long epoch) implements LaneStore {
  /** Begins with the time, so that a stream that goes on in another run finds them later on. */
  private static final String CLOSE =
      "INSERT INTO import_outcomes (run_id, position, batch_id)"
          + " SELECT ?, COALESCE(MAX(position) + 1, CLOCK), ? FROM import_outcomes"
          + " WHERE run_id = ?";

  /** A stream of an earlier version has sent a batch's own id as the key. */
  private static final String OF_STREAMS =
      "INSERT INTO import_intents (batch_id, run_id, idempotency_key, sends, sent_at, body) SELECT"
          + " batch_id, run_id, batch_id, CASE WHEN unknown_submits > 1 THEN unknown_submits ELSE 1"
          + " END, planned_at, NULL FROM import_jobs WHERE state = 'SUBMIT_UNKNOWN' AND"
          + " submitted_at IS NULL AND NOT EXISTS (SELECT 1 FROM import_intents i WHERE i.batch_id"
          + " = import_jobs.batch_id)";

  @Override
  public List<OpenBatch> adopt(String runId, boolean held) {
    update("take doubts of a stream over", statements -> statements.execute(OF_STREAMS));
    return takeOver(new JdbcLaneRead(database).open(runId), runId, held);
  }

  @Override
  public List<OpenBatch> adoptSent(String runId, boolean held) {
    update("take doubts of a stream over", statements -> statements.execute(OF_STREAMS));
    new JdbcArrivals(database, epoch).announceUnsent(runId);
    return takeOver(new JdbcLaneRead(database).sent(runId), runId, held);
  }

  private List<OpenBatch> takeOver(List<OpenBatch> all, String runId, boolean held) {
    List<OpenBatch> open = all.stream().filter(batch -> !(held && isInDoubt(batch.job()))).toList();
    update(
        "take jobs over",
        statements -> {
          for (OpenBatch batch : open) {
            statements.execute(
                "UPDATE import_jobs SET run_id = ? WHERE batch_id = ?",
                runId,
                batch.job().getBatchId());
          }
        });
    return open;
  }

  @Override
  public void announce(String runId, String destination) {
    new JdbcArrivals(database, epoch).announce(runId, destination);
  }

  @Override
  public List<OpenBatch> arrived(String runId, boolean held) {
    return new JdbcArrivals(database, epoch).takeOver(runId, job -> !(held && isInDoubt(job)));
  }

  @Override
  public Set<ImportTarget> proven(String runId, Instant since) {
    return new JdbcLaneRead(database).proven(runId, since);
  }

  private static boolean isInDoubt(JobStatus job) {
    return job.getState() == JobState.SUBMIT_UNKNOWN && job.getSubmittedAt() == null;
  }

  @Override
  public List<VideoStatus> rows(String batchId) {
    return new JdbcLaneRead(database).rows(batchId);
  }

  @Override
  public Optional<Fixed> intend(
      JobStatus job, String runId, int sends, Instant at, Function<TrackedBatch, Body> body) {
    return new JdbcIntent(database, epoch, job, runId, sends, at, body).write();
  }

  @Override
  public boolean mayIntendAside() {
    return true;
  }

  @Override
  public void withdraw(String batchId, int sends) {
    update(
        "take an intent back",
        statements ->
            statements.execute(
                "UPDATE import_intents SET sends = sends - 1 WHERE batch_id = ? AND sends = ?",
                batchId,
                sends));
  }

  @Override
  public void taken(TrackedBatch batch, String runId, Instant at) {
    new JdbcTaken(database).write(batch, runId, at);
  }

  @Override
  public void record(JobStatus job) {
    new JdbcUpsert<>(database, JobTable.JOBS).write(List.of(job));
  }

  @Override
  public void record(
      JobStatus job,
      VideoState rows,
      @Nullable String errorCode,
      @Nullable String errorMessage,
      String runId,
      Instant at) {
    long sequence = Sequence.of(job.getAttempt(), rows.rank(), at);
    JdbcTransaction.Write jobRow = new JdbcUpsert<>(database, JobTable.JOBS).of(List.of(job));
    new JdbcTransaction(database)
        .run(
            "write a batch and its rows",
            connection -> {
              JdbcStatements statements = new JdbcStatements(database, connection);
              statements.fence(job.getTarget().destination(), runId, epoch);
              statements.execute(
                  "UPDATE import_videos SET state = ?, error_code = ?, error_message = ?,"
                      + " run_id = ?, updated_at = ?,"
                      + " sequence = CASE WHEN sequence < ? THEN ? ELSE sequence + 1 END"
                      + " WHERE batch_id = ? AND state IN ('PENDING', 'SUBMIT_UNKNOWN')",
                  rows,
                  errorCode,
                  errorMessage,
                  runId,
                  at,
                  sequence,
                  sequence,
                  job.getBatchId());
              jobRow.to(connection);
              if (rows.isFinal()) {
                forgetBody(statements, job.getBatchId());
              }
              close(statements, runId, job.getBatchId());
            });
  }

  /** It is as large as the batch, and nobody sends it again. */
  static void forgetBody(JdbcStatements statements, String batchId) throws SQLException {
    statements.execute("UPDATE import_intents SET body = NULL WHERE batch_id = ?", batchId);
  }

  private void close(JdbcStatements statements, String runId, String batchId) throws SQLException {
    String sql = CLOSE.replace("CLOCK", database.dialect().clock());
    statements.execute(sql, runId, batchId, runId);
  }

  @Override
  public List<JobStatus> cut(JobStatus whole, int first, String runId, Instant at) {
    return new JdbcReplan(database, epoch).cut(whole, first, runId, at);
  }

  @Override
  public void unplan(
      List<JobStatus> batches, String errorCode, String errorMessage, String runId, Instant at) {
    new JdbcReplan(database, epoch).unplan(batches, errorCode, errorMessage, runId, at);
  }

  @Override
  public void page(
      String destination,
      String runId,
      String batchId,
      @Nullable JobStatus job,
      List<VideoStatus> rows,
      @Nullable Cursor cursor) {
    JdbcTransaction.Write videos = new JdbcUpsert<>(database, VideoTable.VIDEOS).of(rows);
    JdbcTransaction.Write jobRow =
        new JdbcUpsert<>(database, JobTable.JOBS).of(job == null ? List.of() : List.of(job));
    new JdbcTransaction(database)
        .run(
            "write a page",
            // It is read again from the cursor that is left then.
            Durability.WITH_THE_NEXT,
            connection -> {
              JdbcStatements statements = new JdbcStatements(database, connection);
              statements.fence(destination, runId, epoch);
              videos.to(connection);
              jobRow.to(connection);
              if (job != null) {
                close(statements, runId, batchId);
              }
              if (cursor == null) {
                statements.execute("DELETE FROM import_cursors WHERE batch_id = ?", batchId);
              } else {
                statements.upsert(
                    "import_cursors",
                    1,
                    "batch_id, next_look_at, waited, reading",
                    batchId,
                    cursor.nextLookAt(),
                    cursor.waited(),
                    cursor.reading());
              }
            });
  }

  @Override
  public void retry(TrackedBatch batch) {
    new JdbcReplan(database, epoch).retry(batch);
  }

  @Override
  public List<Outcome> outcomes(String runId) {
    return new JdbcLaneRead(database).outcomes(runId);
  }

  @Override
  public List<Closed> closed(String runId, long from, int most) {
    return new JdbcLaneRead(database).closed(runId, from, most);
  }

  @Override
  public List<VideoStatus> unplanned(
      String runId, @Nullable VideoStatus after, long skipped, int most) {
    return new JdbcLaneRead(database).unplanned(runId, after, skipped, most);
  }

  @Override
  public LaneLease lease() {
    return new JdbcLaneLease(database);
  }

  @Override
  public LaneStore heldBy(long epoch) {
    return new JdbcLaneStore(database, epoch);
  }

  @Override
  public void counted(String runId, Collection<PartCount> counts) {
    history().counted(runId, counts);
  }

  @Override
  public Map<String, Long> counts(String runId) {
    return history().counts(runId, "");
  }

  @Override
  public Map<String, Long> planned(String runId) {
    return history().counts(runId, " AND part NOT LIKE '" + LANE_PART + "%'");
  }

  @Override
  public void event(String runId, Instant at, String kind, String text) {
    history().event(runId, at, kind, text);
  }

  @Override
  public List<String> events(String runId, String kind) {
    return history().events(runId, kind);
  }

  @Override
  public void requests(
      String runId, String process, Instant hour, long sent, long refused, long failed) {
    history().requests(runId, process, hour, sent, refused, failed);
  }

  @Override
  public Map<Instant, Long> requestsOfOthers(String runId, String process) {
    return history().requestsOfOthers(runId, process);
  }

  private JdbcRunHistory history() {
    return new JdbcRunHistory(database);
  }

  private interface Statements {
    void execute(JdbcStatements statements) throws SQLException;
  }

  private void update(String what, Statements statements) {
    new JdbcTransaction(database)
        .run(what, connection -> statements.execute(new JdbcStatements(database, connection)));
  }
}
