package com.nomadicml.beam.status;

import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.Provider;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.status.RunSnapshot.Batches;
import com.nomadicml.beam.status.RunSnapshot.Event;
import com.nomadicml.beam.status.RunSnapshot.Lane;
import com.nomadicml.beam.status.RunSnapshot.Shown;
import com.nomadicml.beam.status.RunSnapshot.Sign;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.annotation.Nullable;

/** How far runs are, in SQLite or PostgreSQL. What is told of a run is of one moment. */
record JdbcRunNumbers(JdbcDatabase database) implements RunNumbers {
  private static final Duration INTERVAL = Duration.ofSeconds(2);

  /** A process renews its leases and its lane for so long. */
  private static final long NEVER = 0;

  /** Several queries that see the same. */
  private interface Reading<R> {
    R from(JdbcStatements statements) throws SQLException;
  }

  @Override
  public Duration interval() {
    return INTERVAL;
  }

  @Override
  public List<RunStatus> runs(int most) {
    return read(
        statements ->
            statements.list(
                "SELECT * FROM import_runs ORDER BY started_at DESC, run_id DESC LIMIT " + most,
                database.dialect().rows(RunTable.RUNS)));
  }

  @Override
  public Optional<RunStatus> current() {
    return read(
            statements ->
                statements.list(
                    "SELECT * FROM import_runs ORDER BY CASE WHEN state = 'RUNNING' AND run_id IN"
                        + " (SELECT run_id FROM import_leases WHERE expires_at > ?)"
                        + " THEN 0 ELSE 1 END, started_at DESC, run_id DESC LIMIT 1",
                    database.dialect().rows(RunTable.RUNS),
                    statements.now()))
        .stream()
        .findFirst();
  }

  @Override
  public Optional<RunSnapshot> of(String runId, Question question) {
    return read(
        statements -> {
          List<RunStatus> run =
              statements.list(
                  "SELECT * FROM import_runs WHERE run_id = ?",
                  database.dialect().rows(RunTable.RUNS),
                  runId);
          return run.isEmpty()
              ? Optional.empty()
              : Optional.of(snapshot(run.get(0), question, statements));
        });
  }

  private RunSnapshot snapshot(RunStatus run, Question question, JdbcStatements statements)
      throws SQLException {
    String runId = run.getRunId();
    List<Sign> signs = new ArrayList<>();
    List<Lane> lanes =
        statements.list(
            "SELECT * FROM import_lanes WHERE run_id = ?", row -> lane(row, signs), runId);
    signs.addAll(
        statements.list("SELECT * FROM import_leases WHERE run_id = ?", this::sign, runId));
    return new RunSnapshot(
        run,
        statements.now(),
        counts(runId, statements),
        statements.list(RunQueries.BATCHES, JdbcRunNumbers::batches, runId, runId),
        shown(runId, statements),
        statements
            .list(
                "SELECT COALESCE(SUM(uploaded + failed + missing), 0) AS items FROM import_jobs"
                    + " WHERE run_id = ? AND completed_at >= ?",
                row -> row.getLong("items"),
                runId,
                question.since())
            .get(0),
        firstSentAt(runId, statements),
        statements.list(
            "SELECT * FROM import_jobs" + RunQueries.OPEN_JOBS + question.openJobs(),
            database.dialect().rows(JobTable.JOBS),
            runId),
        List.copyOf(signs),
        lanes.stream().findFirst(),
        spent(question.day(), statements),
        events(runId, statements));
  }

  private static Map<String, Long> counts(String runId, JdbcStatements statements)
      throws SQLException {
    Map<String, Long> counts = new HashMap<>();
    statements.list(
        RunQueries.COUNTS, row -> counts.put(row.getString("stage"), row.getLong("items")), runId);
    return counts;
  }

  private static Batches batches(ResultSet row) throws SQLException {
    return new Batches(
        target(row),
        JobState.valueOf(row.getString("state")),
        row.getInt("attempt"),
        row.getInt("closed") > 0,
        row.getLong("batches"),
        row.getLong("requested"),
        row.getLong("uploaded"),
        row.getLong("failed"),
        row.getLong("missing"));
  }

  /** By the index of {@code batch_id}: what is read of a table of any size is bounded. */
  private static List<Shown> shown(String runId, JdbcStatements statements) throws SQLException {
    List<Object> batches = new ArrayList<>();
    long[] items = {0};
    statements.list(
        RunQueries.READ,
        row -> {
          items[0] += row.getLong("requested");
          return batches.isEmpty() || items[0] <= RunQueries.MOST_ITEMS_READ
              ? batches.add(row.getString("batch_id"))
              : false;
        },
        runId);
    if (batches.isEmpty()) {
      return List.of();
    }
    return statements.list(
        RunQueries.shown(
            "import_videos",
            "(" + String.join(", ", Collections.nCopies(batches.size(), "?")) + ")"),
        row ->
            new Shown(
                target(row),
                VideoState.valueOf(row.getString("state")),
                row.getInt("attempt"),
                row.getLong("items")),
        batches.toArray());
  }

  @Nullable
  private Instant firstSentAt(String runId, JdbcStatements statements) throws SQLException {
    List<Instant> first =
        statements.list(
            "SELECT submitted_at FROM import_jobs WHERE run_id = ? AND submitted_at IS NOT NULL"
                + " ORDER BY submitted_at LIMIT 1",
            row -> database.dialect().readTime(row, "submitted_at"),
            runId);
    return first.isEmpty() ? null : first.get(0);
  }

  private Sign sign(ResultSet row) throws SQLException {
    return Sign.of(database.dialect().rows(LeaseTable.LEASES).map(row));
  }

  /** A lane that has ended, or was given back, is no sign of life. */
  private static Lane lane(ResultSet row, List<Sign> signs) throws SQLException {
    Lane lane = new Lane(row.getString("ending"), row.getString("message"));
    long expiresAt = row.getLong("expires_at");
    if (lane.ending() == null && expiresAt > NEVER) {
      signs.add(new Sign(null, row.getString("process"), Instant.ofEpochMilli(expiresAt), null));
    }
    return lane;
  }

  private static long spent(LocalDate day, JdbcStatements statements) throws SQLException {
    return statements.list(RunQueries.SPENT, row -> row.getLong("requests"), day, day).stream()
        .mapToLong(Long::longValue)
        .max()
        .orElse(0);
  }

  private List<Event> events(String runId, JdbcStatements statements) throws SQLException {
    List<Event> events =
        statements.list(
            "SELECT happened_at, kind, event" + RunQueries.EVENTS,
            row ->
                new Event(
                    database.dialect().readTime(row, "happened_at"),
                    row.getString("kind"),
                    row.getString("event")),
            runId);
    Collections.reverse(events);
    return events;
  }

  @Override
  public List<TargetReason> reasons(String runId, int most) {
    return read(
        statements ->
            statements.list(
                RunQueries.reasons(most),
                row ->
                    new TargetReason(
                        row.getString("provider") == null ? null : target(row),
                        VideoState.valueOf(row.getString("state")),
                        row.getString("error_code"),
                        row.getString("error_message"),
                        row.getLong("items")),
                runId));
  }

  @Override
  public RunFailures failures(String runId, int most) {
    long[] reasons = {0};
    List<RunFailures.Reason> largest =
        read(
            statements ->
                statements.list(
                    RunQueries.FAILURES + most,
                    row -> {
                      reasons[0] = row.getLong("reasons");
                      return new RunFailures.Reason(
                          row.getString("bucket"),
                          VideoState.valueOf(row.getString("state")),
                          row.getString("error_code"),
                          row.getString("error_message"),
                          row.getLong("items"),
                          row.getString("example"));
                    },
                    runId));
    return new RunFailures(largest, reasons[0]);
  }

  private static ImportedTarget target(ResultSet row) throws SQLException {
    return new ImportedTarget(
        Provider.fromColumn(row.getString("provider")),
        row.getString("bucket"),
        row.getString("destination"));
  }

  /** All queries of a reading see the tables as they are at one moment, and lock nobody out. */
  private <R> R read(Reading<R> reading) {
    return new JdbcRetry(database)
        .run(
            "read how far a run is",
            () -> {
              try (Connection connection = database.open()) {
                begin(connection);
                R result = reading.from(new JdbcStatements(database, connection));
                end(connection);
                return result;
              }
            });
  }

  private void begin(Connection connection) throws SQLException {
    switch (database.dialect()) {
      case SQLITE -> execute(connection, "BEGIN DEFERRED");
      case POSTGRESQL -> {
        connection.setAutoCommit(false);
        connection.setReadOnly(true);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      }
    }
  }

  private void end(Connection connection) throws SQLException {
    switch (database.dialect()) {
      case SQLITE -> execute(connection, "COMMIT");
      case POSTGRESQL -> connection.commit();
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
