package com.nomadicml.beam.status;

import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.Provider;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.status.RunSnapshot.Batches;
import com.nomadicml.beam.status.RunSnapshot.Event;
import com.nomadicml.beam.status.RunSnapshot.Lane;
import com.nomadicml.beam.status.RunSnapshot.Shown;
import com.nomadicml.beam.status.RunSnapshot.Sign;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import javax.annotation.Nullable;

/**
 * How far runs are, in BigQuery. Each query takes a second or two, so what is told of a run is
 * asked side by side. But for the reasons, no table with a row an item is read beyond the batches
 * that are being read.
 */
record BigQueryRunNumbers(BigQueryStatusStore store) implements RunNumbers {
  /** A look costs a dozen queries. */
  private static final Duration INTERVAL = Duration.ofSeconds(30);

  private static final int SIDE_BY_SIDE = 5;

  @Override
  public Duration interval() {
    return INTERVAL;
  }

  @Override
  public List<RunStatus> runs(int most) {
    return listRuns(" ORDER BY started_at DESC, run_id DESC LIMIT " + most, Map.of());
  }

  @Override
  public Optional<RunStatus> current() {
    return listRuns(
            " ORDER BY CASE WHEN state = 'RUNNING' AND run_id IN"
                + " (SELECT run_id FROM import_leases WHERE expires_at > CURRENT_TIMESTAMP())"
                + " THEN 0 ELSE 1 END, started_at DESC, run_id DESC LIMIT 1",
            Map.of())
        .stream()
        .findFirst();
  }

  private List<RunStatus> listRuns(String rest, Map<String, String> parameters) {
    BigQueryTable<RunStatus> table = store.runs();
    String sql = "SELECT " + table.columns("") + " FROM import_runs" + rest;
    return store.queryNamed(sql, parameters).stream().map(table::fromRow).toList();
  }

  @Override
  public Optional<RunSnapshot> of(String runId, Question question) {
    return listRuns(" WHERE run_id = @run_id", Map.of("run_id", runId)).stream()
        .findFirst()
        .map(run -> snapshot(run, question));
  }

  private RunSnapshot snapshot(RunStatus run, Question question) {
    String runId = run.getRunId();
    ExecutorService threads = Executors.newFixedThreadPool(SIDE_BY_SIDE);
    try {
      var now = ask(threads, this::now);
      var counts = ask(threads, () -> counts(runId));
      var batches =
          ask(threads, () -> list(RunQueries.BATCHES, BigQueryRunNumbers::batches, runId));
      var shown = ask(threads, () -> shown(runId));
      var times = ask(threads, () -> times(runId, question.since()));
      var openJobs = ask(threads, () -> openJobs(runId, question.openJobs()));
      var lanes =
          ask(
              threads,
              () -> list("SELECT * FROM import_lanes WHERE run_id = ?", row -> row, runId));
      var leases = ask(threads, () -> leases(runId));
      var spent = ask(threads, () -> spent(question.day()));
      var events = ask(threads, () -> events(runId));
      List<Sign> signs = new ArrayList<>();
      lanes.get().forEach(row -> addSign(row, signs));
      signs.addAll(leases.get());
      return new RunSnapshot(
          run,
          now.get(),
          counts.get(),
          batches.get(),
          shown.get(),
          times.get().finished(),
          times.get().firstSentAt(),
          openJobs.get(),
          List.copyOf(signs),
          lanes.get().stream().map(BigQueryRunNumbers::lane).findFirst(),
          spent.get(),
          events.get());
    } finally {
      threads.shutdownNow();
    }
  }

  /** Begins a query; what it throws, who takes its answer gets. */
  private static <T> Supplier<T> ask(ExecutorService threads, Supplier<T> query) {
    CompletableFuture<T> answer = CompletableFuture.supplyAsync(query, threads);
    return () -> {
      try {
        return answer.join();
      } catch (CompletionException e) {
        throw e.getCause() instanceof RuntimeException failure ? failure : e;
      }
    };
  }

  private interface Row<T> {
    T of(Map<String, Object> row);
  }

  private <T> List<T> list(String sql, Row<T> reader, String runId) {
    return store.queryNamed(sql.replace("?", "@run_id"), Map.of("run_id", runId)).stream()
        .map(reader::of)
        .toList();
  }

  private Instant now() {
    String sql = "SELECT " + BigQueryLaneLease.NOW + " AS now";
    return Instant.ofEpochMilli(number(store.queryNamed(sql, Map.of()).get(0), "now"));
  }

  private Map<String, Long> counts(String runId) {
    Map<String, Long> counts = new HashMap<>();
    list(
        RunQueries.COUNTS,
        row -> counts.put((String) row.get("stage"), number(row, "items")),
        runId);
    return counts;
  }

  private static Batches batches(Map<String, Object> row) {
    return new Batches(
        target(row),
        JobState.valueOf((String) row.get("state")),
        (int) number(row, "attempt"),
        number(row, "closed") > 0,
        number(row, "batches"),
        number(row, "requested"),
        number(row, "uploaded"),
        number(row, "failed"),
        number(row, "missing"));
  }

  /** Of a table that is clustered by batch, no more is read than these. */
  private List<Shown> shown(String runId) {
    List<String> batches = new ArrayList<>();
    long items = 0;
    for (Map<String, Object> row : list(RunQueries.READ, row -> row, runId)) {
      items += number(row, "requested");
      if (batches.isEmpty() || items <= RunQueries.MOST_ITEMS_READ) {
        batches.add((String) row.get("batch_id"));
      }
    }
    if (batches.isEmpty()) {
      return List.of();
    }
    String sql =
        RunQueries.shown("import_items", "UNNEST(JSON_VALUE_ARRAY(PARSE_JSON(@batch_ids)))");
    return store.queryNamed(sql, Map.of("batch_ids", TextsJson.write(batches))).stream()
        .map(
            row ->
                new Shown(
                    target(row),
                    VideoState.valueOf((String) row.get("state")),
                    (int) number(row, "attempt"),
                    number(row, "items")))
        .toList();
  }

  private record Times(long finished, @Nullable Instant firstSentAt) {}

  private Times times(String runId, Instant since) {
    String sql =
        "SELECT COALESCE(SUM(CASE WHEN completed_at >= TIMESTAMP_MILLIS(CAST(@since AS INT64))"
            + " THEN uploaded + failed + missing ELSE 0 END), 0) AS finished,"
            + " UNIX_MILLIS(MIN(submitted_at)) AS first_sent_at FROM import_jobs"
            + " WHERE run_id = @run_id";
    Map<String, Object> row =
        store
            .queryNamed(sql, Map.of("run_id", runId, "since", String.valueOf(since.toEpochMilli())))
            .get(0);
    return new Times(
        number(row, "finished"),
        row.get("first_sent_at") == null
            ? null
            : Instant.ofEpochMilli(number(row, "first_sent_at")));
  }

  private List<JobStatus> openJobs(String runId, int most) {
    var table = store.jobs();
    String sql = "SELECT " + table.columns("") + " FROM import_jobs" + RunQueries.OPEN_JOBS + most;
    return list(sql, table::fromRow, runId);
  }

  private static Lane lane(Map<String, Object> row) {
    return new Lane((String) row.get("ending"), (String) row.get("message"));
  }

  /** A lane that has ended, or was given back, is no sign of life. */
  private static void addSign(Map<String, Object> lane, List<Sign> signs) {
    long expiresAt = number(lane, "expires_at");
    if (lane.get("ending") == null && expiresAt > 0) {
      signs.add(
          new Sign(null, (String) lane.get("process"), Instant.ofEpochMilli(expiresAt), null));
    }
  }

  private List<Sign> leases(String runId) {
    BigQueryTable<Lease> table = store.leaseTable();
    String sql = "SELECT " + table.columns("") + " FROM import_leases WHERE run_id = ?";
    return list(sql, table::fromRow, runId).stream().map(Sign::of).toList();
  }

  private long spent(LocalDate day) {
    String sql = RunQueries.SPENT.replace("?", "@day");
    return store.queryNamed(sql, Map.of("day", day.toString())).stream()
        .mapToLong(row -> number(row, "requests"))
        .max()
        .orElse(0);
  }

  private List<Event> events(String runId) {
    List<Event> events =
        new ArrayList<>(
            list(
                "SELECT UNIX_MILLIS(happened_at) AS happened_at, kind, event" + RunQueries.EVENTS,
                row ->
                    new Event(
                        Instant.ofEpochMilli(number(row, "happened_at")),
                        (String) row.get("kind"),
                        (String) row.get("event")),
                runId));
    Collections.reverse(events);
    return events;
  }

  @Override
  public List<TargetReason> reasons(String runId, int most) {
    return list(
        RunQueries.reasons(most),
        row ->
            new TargetReason(
                row.get("provider") == null ? null : target(row),
                VideoState.valueOf((String) row.get("state")),
                (String) row.get("error_code"),
                (String) row.get("error_message"),
                number(row, "items")),
        runId);
  }

  @Override
  public RunFailures failures(String runId, int most) {
    List<Map<String, Object>> rows = list(RunQueries.FAILURES + most, row -> row, runId);
    return new RunFailures(
        rows.stream()
            .map(
                row ->
                    new RunFailures.Reason(
                        (String) row.get("bucket"),
                        VideoState.valueOf((String) row.get("state")),
                        (String) row.get("error_code"),
                        (String) row.get("error_message"),
                        number(row, "items"),
                        (String) row.get("example")))
            .toList(),
        rows.isEmpty() ? 0 : number(rows.get(0), "reasons"));
  }

  private static ImportedTarget target(Map<String, Object> row) {
    return new ImportedTarget(
        Provider.fromColumn((String) row.get("provider")),
        (String) row.get("bucket"),
        (String) row.get("destination"));
  }

  private static long number(Map<String, Object> row, String column) {
    return Long.parseLong((String) row.get(column));
  }
}
