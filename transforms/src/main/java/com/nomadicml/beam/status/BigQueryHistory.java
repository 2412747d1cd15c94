package com.nomadicml.beam.status;

import com.nomadicml.beam.model.PartCount;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.status.LaneStore.Closed;
import com.nomadicml.beam.status.LaneStore.Outcome;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import javax.annotation.Nullable;

/** What is kept of runs in BigQuery, and what became of their batches. */
final class BigQueryHistory {
  /** Of this process, so that what it says later counts. */
  private static final AtomicLong WRITES = new AtomicLong(System.currentTimeMillis());

  private static final String UNPLANNED =
      " WHERE run_id = @run_id AND batch_id IS NULL AND state = 'PENDING'";

  private static final String AFTER =
      " AND (destination > @destination"
          + " OR destination = @destination AND source_uri > @source_uri)";

  private final BigQueryStatusStore store;
  private final BigQueryAppends appends;
  private final Map<String, Set<String>> closed = new HashMap<>();
  private final Map<String, Long> positions = new HashMap<>();

  BigQueryHistory(BigQueryStatusStore store, BigQueryAppends appends) {
    this.store = store;
    this.appends = appends;
  }

  private RowValues row(String table) {
    return new RowValues(table).with(LaneTables.SEQUENCE, WRITES.incrementAndGet());
  }

  private void upsert(String table, List<RowValues> rows) {
    appends.upsert(store.laneTable(table), rows);
  }

  private List<Map<String, Object>> ofRun(String sql, String runId) {
    return store.queryNamed(sql, Map.of("run_id", runId));
  }

  private static long number(Map<String, Object> row, String column) {
    return Long.parseLong((String) row.get(column));
  }

  /** Puts a batch after those that a run has closed so far; once, however often it is told. */
  void close(String runId, String batchId) {
    if (!closed.containsKey(runId)) {
      Set<String> before = new HashSet<>();
      // So that a stream that goes on in another run finds them behind those of this one.
      long next = now();
      for (Closed one : closed(runId, 0, Integer.MAX_VALUE)) {
        before.add(one.batchId());
        next = one.position() + 1;
      }
      closed.put(runId, before);
      positions.put(runId, next);
    }
    if (closed.get(runId).add(batchId)) {
      long position = positions.merge(runId, 1L, Long::sum) - 1;
      upsert(
          "import_outcomes",
          List.of(
              row("import_outcomes")
                  .with("run_id", runId)
                  .with("position", position)
                  .with("batch_id", batchId)));
    }
  }

  private long now() {
    String sql = "SELECT " + BigQueryLaneLease.NOW + " AS now";
    return number(store.queryNamed(sql, Map.of()).get(0), "now");
  }

  List<Closed> closed(String runId, long from, int most) {
    String sql =
        "SELECT position, batch_id FROM import_outcomes WHERE run_id = @run_id AND position >= "
            + from
            + " ORDER BY position LIMIT "
            + most;
    return ofRun(sql, runId).stream()
        .map(row -> new Closed(number(row, "position"), (String) row.get("batch_id")))
        .toList();
  }

  /** The body that the first intent of a batch has fixed. */
  @Nullable
  String body(String batchId) {
    return store
        .queryNamed(
            "SELECT body FROM import_intents WHERE batch_id = @batch_id",
            Map.of("batch_id", batchId))
        .stream()
        .map(row -> (String) row.get("body"))
        .reduce(null, (none, body) -> body);
  }

  List<Outcome> outcomes(String runId) {
    return ofRun(JdbcLaneRead.OUTCOMES.replace("?", "@run_id"), runId).stream()
        .map(
            row ->
                new Outcome(
                    VideoState.valueOf((String) row.get("state")),
                    (String) row.get("error_code"),
                    number(row, "items")))
        .toList();
  }

  List<VideoStatus> unplanned(String runId, @Nullable VideoStatus after, long skipped, int most) {
    Map<String, String> parameters =
        after == null
            ? Map.of("run_id", runId)
            : Map.of(
                "run_id", runId,
                "destination", StorableText.key(after.getDestination()),
                "source_uri", StorableText.key(after.getSourceUri()));
    String sql =
        store.videos().select()
            + UNPLANNED
            + (after == null ? "" : AFTER)
            + " ORDER BY destination, source_uri LIMIT "
            + most
            + " OFFSET "
            + skipped;
    return store.query(sql, parameters).stream().map(store.videos()::fromRow).toList();
  }

  void counted(String runId, Collection<PartCount> counts) {
    upsert(
        "import_counts",
        counts.stream()
            .map(
                count ->
                    row("import_counts")
                        .with("run_id", runId)
                        .with("stage", count.getStage())
                        .with("part", count.getPart())
                        .with("items", count.getItems()))
            .toList());
  }

  Map<String, Long> counts(String runId, String filter) {
    String sql = "SELECT stage, SUM(items) AS items FROM import_counts WHERE run_id = @run_id";
    Map<String, Long> sums = new HashMap<>();
    ofRun(sql + filter + " GROUP BY stage", runId)
        .forEach(row -> sums.put((String) row.get("stage"), number(row, "items")));
    return sums;
  }

  void event(String runId, Instant at, String kind, String text) {
    upsert(
        "import_events",
        List.of(
            row("import_events")
                .with("run_id", runId)
                .with("happened_at", at.toEpochMilli())
                .with("kind", kind)
                .with("event", text)));
  }

  List<String> events(String runId, String kind) {
    return store
        .queryNamed(
            "SELECT event FROM import_events WHERE run_id = @run_id AND kind = @kind",
            Map.of("run_id", runId, "kind", kind))
        .stream()
        .map(row -> (String) row.get("event"))
        .toList();
  }

  void requests(String runId, String process, Instant hour, long sent, long refused, long failed) {
    upsert(
        "import_requests",
        List.of(
            row("import_requests")
                .with("run_id", runId)
                .with("process", process)
                .with("hour", hour.toEpochMilli())
                .with("sent", sent)
                .with("refused", refused)
                .with("failed", failed)));
  }

  Map<Instant, Long> requestsOfOthers(String runId, String process) {
    Map<Instant, Long> sums = new HashMap<>();
    store
        .queryNamed(
            "SELECT UNIX_MILLIS(hour) AS hour, sent FROM import_requests"
                + " WHERE run_id = @run_id AND process <> @process",
            Map.of("run_id", runId, "process", process))
        .forEach(
            row ->
                sums.merge(
                    Instant.ofEpochMilli(number(row, "hour")), number(row, "sent"), Long::sum));
    return sums;
  }

  /** Removes what is kept of a run that has done nothing. */
  void forget(RunStatus run) {
    String runId = run.getRunId();
    delete("import_events", runId);
    delete("import_counts", runId);
    delete("import_requests", runId);
    // Above all that it has written while it ran.
    appends.delete(store.runs(), List.of(run.toBuilder().setState(RunState.STOPPED).build()));
  }

  private void delete(String name, String runId) {
    BigQueryTable<RowValues> table = store.laneTable(name);
    String sql = "SELECT " + table.columns("") + " FROM " + name + " WHERE run_id = @run_id";
    appends.delete(
        table,
        ofRun(sql, runId).stream()
            .map(table::fromRow)
            .map(row -> row.with(LaneTables.SEQUENCE, WRITES.incrementAndGet()))
            .toList());
  }
}
