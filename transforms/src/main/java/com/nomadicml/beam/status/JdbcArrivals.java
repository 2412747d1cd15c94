package com.nomadicml.beam.status;

import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.status.LaneStore.OpenBatch;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import javax.annotation.Nullable;

/**
 * Batches that the lane of a stream has yet to hear of, each a row until it has.
 *
 * @param epoch of the lane that hears of them; null for one that is driven by hand
 */
record JdbcArrivals(JdbcDatabase database, @Nullable Long epoch) {
  /** How many a lane hears of at once. */
  static final int AT_ONCE = 1_000;

  /** States of batches that a lane has something to do with. */
  static final Set<JobState> OPEN =
      Set.of(JobState.PLANNED, JobState.SUBMITTED, JobState.SUBMIT_UNKNOWN, JobState.INCOMPLETE);

  private static final String ADD =
      "INSERT INTO import_arrivals (run_id, batch_id, planned_at)"
          + " SELECT ?, j.batch_id, j.planned_at FROM import_jobs j";

  private static final String KNOWN = " ON CONFLICT (run_id, batch_id) DO NOTHING";

  private static final String ANNOUNCE =
      ADD
          + " JOIN (SELECT DISTINCT batch_id FROM import_videos WHERE destination = ?"
          + " AND state IN "
          + JdbcLaneRead.OPEN
          + ") v ON v.batch_id = j.batch_id"
          + " WHERE j.run_id <> ? AND j.state NOT IN ('REFUSED', 'STOPPED')"
          + KNOWN;

  private static final String ANNOUNCE_UNSENT =
      ADD
          + " LEFT JOIN import_intents i ON i.batch_id = j.batch_id"
          + JdbcLaneRead.NAMED
          + " AND "
          + JdbcLaneRead.UNSENT
          + KNOWN;

  /** Adds a batch that was planned just now. */
  static void add(JdbcStatements statements, JobStatus job) throws SQLException {
    statements.upsert(
        "import_arrivals",
        2,
        "run_id, batch_id, planned_at",
        job.getRunId(),
        job.getBatchId(),
        Instant.ofEpochMilli(job.getPlannedAt()));
  }

  void announce(String runId, String destination) {
    new JdbcTransaction(database)
        .run(
            "announce what is open",
            connection ->
                new JdbcStatements(database, connection)
                    .execute(ANNOUNCE, runId, StorableText.key(destination), runId));
  }

  /** The same with all that was planned in the destinations of a run and never sent. */
  void announceUnsent(String runId) {
    new JdbcTransaction(database)
        .run(
            "announce what was never sent",
            connection ->
                new JdbcStatements(database, connection).execute(ANNOUNCE_UNSENT, runId, runId));
  }

  /**
   * Takes over what has arrived.
   *
   * @param wanted which of the open ones; the others are left as they are
   */
  List<OpenBatch> takeOver(String runId, Predicate<JobStatus> wanted) {
    List<OpenBatch> all = new JdbcLaneRead(database).arrived(runId);
    List<OpenBatch> taken =
        all.stream()
            .filter(batch -> OPEN.contains(batch.job().getState()) && wanted.test(batch.job()))
            .toList();
    if (!all.isEmpty()) {
      new JdbcTransaction(database)
          .run(
              "take arrived jobs over",
              connection -> {
                JdbcStatements statements = new JdbcStatements(database, connection);
                if (epoch != null) {
                  // Or a lane that has lost its place would keep them from the one that has it.
                  JdbcLaneLease.fence(database, connection, runId, epoch);
                }
                for (OpenBatch batch : taken) {
                  statements.execute(
                      "UPDATE import_jobs SET run_id = ? WHERE batch_id = ? AND run_id <> ?",
                      runId,
                      batch.job().getBatchId(),
                      runId);
                }
                for (OpenBatch batch : all) {
                  statements.execute(
                      "DELETE FROM import_arrivals WHERE run_id = ? AND batch_id = ?",
                      runId,
                      batch.job().getBatchId());
                }
              });
    }
    return taken;
  }
}
