package com.nomadicml.beam.status;

import static java.util.stream.Collectors.toMap;

import com.nomadicml.beam.model.JobStatus;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Batches that the lane of a stream has yet to hear of, each a row until it has. The table is as
 * good as empty, so it costs nothing to ask it often.
 */
record BigQueryArrivals(BigQueryStatusStore store, BigQueryAppends appends) {
  /** Of this process. Who removes a row goes by the row's own number. */
  private static final AtomicLong WRITES = new AtomicLong(System.currentTimeMillis());

  private static final String OPEN =
      "SELECT batch_id, UNIX_MILLIS(planned_at) AS planned_at FROM import_jobs"
          + " WHERE run_id <> @run_id"
          + " AND state NOT IN ('REFUSED', 'STOPPED') AND batch_id IN (SELECT batch_id"
          + " FROM import_videos WHERE destination = @destination AND state IN "
          + JdbcLaneRead.OPEN
          + ")";

  private BigQueryTable<RowValues> table() {
    return store.laneTable(LaneTables.ARRIVALS);
  }

  /** Adds a batch that was planned just now. */
  void add(JobStatus job) {
    add(job.getRunId(), Map.of(job.getBatchId(), job.getPlannedAt()));
  }

  /**
   * Adds batches.
   *
   * @param planned by id, when they were planned
   */
  private void add(String runId, Map<String, Long> planned) {
    appends.upsert(
        table(),
        planned.entrySet().stream()
            .map(
                batch ->
                    new RowValues(LaneTables.ARRIVALS)
                        .with("run_id", runId)
                        .with("batch_id", batch.getKey())
                        .with("planned_at", batch.getValue())
                        .with(LaneTables.SEQUENCE, WRITES.incrementAndGet()))
            .toList());
  }

  void announce(String runId, String destination) {
    Map<String, String> parameters =
        Map.of("run_id", runId, "destination", StorableText.key(destination));
    add(
        runId,
        store.queryNamed(OPEN, parameters).stream()
            .collect(
                toMap(
                    row -> (String) row.get("batch_id"),
                    row -> Long.valueOf((String) row.get("planned_at")))));
  }

  /** What has arrived, so many at once. */
  List<RowValues> of(String runId) {
    String sql =
        table().select()
            + " WHERE run_id = @run_id ORDER BY planned_at LIMIT "
            + JdbcArrivals.AT_ONCE;
    return store.query(sql, Map.of("run_id", runId)).stream().map(table()::fromRow).toList();
  }

  /** Removes what the lane has heard of. */
  void forget(List<RowValues> arrived) {
    appends.delete(
        table(),
        arrived.stream()
            .map(row -> row.with(LaneTables.SEQUENCE, row.number(LaneTables.SEQUENCE) + 1))
            .toList());
  }
}
