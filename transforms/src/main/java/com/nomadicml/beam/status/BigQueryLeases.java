package com.nomadicml.beam.status;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Leases in BigQuery. Each change is one transaction that also updates a row of its own, since
 * BigQuery lets two inserts pass side by side, but no two updates of a row. Leases end by the clock
 * of who asks.
 */
record BigQueryLeases(BigQueryTable<Lease> table, BigQueryQueries queries, Clock clock)
    implements Leases {
  /** The destination of the row that all transactions touch; no folder has this name. */
  private static final String GUARD = "*";

  @Override
  public List<Lease> acquire(LeaseClaim claim, Duration time) {
    Optional<Lease> before = holder(claim.destination());
    Instant now = clock.instant();
    Lease wanted = claim.at(now, time);
    String deadRun = wanted.getRunId();
    while (true) {
      Lease holder = exchange(wanted, now, deadRun);
      if (holder.getRunId().equals(wanted.getRunId())) {
        return before.filter(lease -> !lease.getRunId().equals(wanted.getRunId())).stream()
            .toList();
      }
      if (!HolderProcess.isDead(holder.getProcess())) {
        throw LeaseHeldException.by(holder);
      }
      deadRun = holder.getRunId();
    }
  }

  private Optional<Lease> holder(String destination) {
    return queries
        .run(
            table.project(),
            table.select() + " WHERE destination = @destination",
            Map.of("destination", destination))
        .stream()
        .map(table::fromRow)
        .findFirst();
  }

  /** Takes the lease when it may be taken; returns who holds it then. */
  private Lease exchange(Lease wanted, Instant now, String deadRun) {
    String name = table.quoted();
    String script =
        ("INSERT INTO %1$s (destination, run_id, holder, process, acquired_at, expires_at)"
                    + " SELECT '%2$s', '', '', '', TIMESTAMP(@now), TIMESTAMP(@now)"
                    + " FROM (SELECT 1) WHERE NOT EXISTS"
                    + " (SELECT 1 FROM %1$s WHERE destination = '%2$s');\n"
                    + "BEGIN TRANSACTION;\n"
                    + "UPDATE %1$s SET expires_at = TIMESTAMP(@now) WHERE destination = '%2$s';\n")
                .formatted(name, GUARD)
            + ("DELETE FROM %s WHERE destination = @destination"
                    + " AND (expires_at < TIMESTAMP(@now) OR run_id IN (@run_id, @dead_run));\n")
                .formatted(name)
            + ("INSERT INTO %1$s"
                    + " (destination, run_id, holder, process, acquired_at, expires_at, kind)"
                    + " SELECT @destination, @run_id, @holder, @process, TIMESTAMP(@now),"
                    + " TIMESTAMP(@expires_at), @kind FROM (SELECT 1) WHERE NOT EXISTS"
                    + " (SELECT 1 FROM %1$s WHERE destination = @destination);\n")
                .formatted(name)
            + "COMMIT TRANSACTION;\n"
            + table.select()
            + " WHERE destination = @destination ORDER BY acquired_at LIMIT 1";
    return table.fromRow(
        queries
            .run(
                table.project(),
                script,
                Map.of(
                    "destination", wanted.getDestination(),
                    "run_id", wanted.getRunId(),
                    "dead_run", deadRun,
                    "holder", wanted.getHolder(),
                    "process", wanted.getProcess(),
                    "now", now.toString(),
                    "expires_at", Instant.ofEpochMilli(wanted.getExpiresAt()).toString(),
                    "kind", wanted.getKind().name()))
            .get(0));
  }

  @Override
  public int renew(String runId, Duration time) {
    String script =
        "UPDATE %1$s SET expires_at = TIMESTAMP(@expires_at) WHERE run_id = @run_id;\n"
            + "SELECT COUNT(*) AS held FROM %1$s WHERE run_id = @run_id";
    Map<String, Object> row =
        queries
            .run(
                table.project(),
                script.formatted(table.quoted()),
                Map.of("run_id", runId, "expires_at", clock.instant().plus(time).toString()))
            .get(0);
    return Integer.parseInt((String) row.get("held"));
  }

  @Override
  public void release(String runId) {
    queries.run(
        table.project(),
        "DELETE FROM " + table.quoted() + " WHERE run_id = @run_id",
        Map.of("run_id", runId));
  }
}
