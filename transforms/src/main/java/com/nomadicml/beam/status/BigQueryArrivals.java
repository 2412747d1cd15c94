package com.nomadicml.beam.status;

import com.nomadicml.beam.model.JobStatus;
import java.util.Collection;
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
      "SELECT batch_id FROM import_jobs WHERE run_id <> @run_id"
          + " AND state NOT IN ('REFUSED', 'STOPPED') AND batch_id IN (SELECT batch_id"
          + " FROM import_videos WHERE destination = @destination AND state IN "
          + JdbcLaneRead.OPEN
          + ")";

  private BigQueryTable<RowValues> table() {
    return store.laneTable(LaneTables.ARRIVALS);
  }

  /** Adds a batch that was planned just now. */
  void add(JobStatus job) {
    add(job.getRunId(), List.of(job.getBatchId()));
  }

  private void add(String runId, Collection<String> batchIds) {
    appends.upsert(
        table(),
        batchIds.stream()
            .map(
                batchId ->
                    new RowValues(LaneTables.ARRIVALS)
                        .with("run_id", runId)
                        .with("batch_id", batchId)
                        .with(LaneTables.SEQUENCE, WRITES.incrementAndGet()))
            .toList());
  }

  void announce(String runId, String destination) {
    Map<String, String> parameters =
        Map.of("run_id", runId, "destination", StorableText.key(destination));
    add(
        runId,
        store.queryNamed(OPEN, parameters).stream()
            .map(row -> (String) row.get("batch_id"))
            .toList());
  }

  /** What has arrived, so many at once. */
  List<RowValues> of(String runId) {
    String sql = table().select() + " WHERE run_id = @run_id LIMIT " + JdbcArrivals.AT_ONCE;
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
