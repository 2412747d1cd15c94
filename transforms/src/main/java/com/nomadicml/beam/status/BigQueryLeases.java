package com.nomadicml.beam.status;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Leases in BigQuery, by its clock. Who is at work is looked up first; then a lease is taken in one
 * transaction, unless somebody has come in between. It also updates a row of its own, since
 * BigQuery lets two inserts pass side by side, but no two updates of a row.
 */
record BigQueryLeases(BigQueryStatusStore store) implements Leases {
  private static final String ENDS =
      "TIMESTAMP_MILLIS(" + BigQueryLaneLease.NOW + " + CAST(@millis AS INT64))";

  /** No folder has the name of the row that all transactions touch. */
  private static final String OTHERS =
      "destination <> '*' AND run_id <> @run_id AND (destination = @destination OR ";

  private static final String LAPSED =
      "(expires_at < CURRENT_TIMESTAMP()"
          + " OR process IN UNNEST(JSON_VALUE_ARRAY(PARSE_JSON(@dead))))";

  private static final String TAKE =
      "INSERT INTO import_leases (destination, run_id, holder, process, acquired_at, expires_at)"
          + " SELECT '*', '', '', '', CURRENT_TIMESTAMP(), CURRENT_TIMESTAMP() FROM (SELECT 1)"
          + " WHERE NOT EXISTS (SELECT 1 FROM import_leases WHERE destination = '*');\n"
          + "BEGIN TRANSACTION;\n"
          + "UPDATE import_leases SET expires_at = CURRENT_TIMESTAMP() WHERE destination = '*';\n"
          + "DELETE FROM import_leases WHERE {others} AND {lapsed};\n"
          + "DELETE FROM import_leases WHERE destination = @destination AND run_id = @run_id;\n"
          + "INSERT INTO import_leases"
          + " (destination, run_id, holder, process, acquired_at, expires_at, kind)"
          + " SELECT @destination, @run_id, @holder, @process, CURRENT_TIMESTAMP(), {ends}, @kind"
          + " FROM (SELECT 1) WHERE NOT EXISTS (SELECT 1 FROM import_leases WHERE {others});\n"
          + "COMMIT TRANSACTION;\n"
          + "SELECT COUNT(*) AS held FROM import_leases"
          + " WHERE destination = @destination AND run_id = @run_id";

  private record Other(Lease lease, boolean isAtWork) {}

  @Override
  public List<Lease> acquire(LeaseClaim wanted, Duration time) {
    String others = OTHERS + excluded(wanted.kind()) + ")";
    Map<String, Lease> lapsed = new LinkedHashMap<>();
    while (true) {
      for (Other other : others(wanted, others)) {
        if (other.isAtWork()) {
          throw LeaseHeldException.by(other.lease(), wanted);
        }
        lapsed.put(other.lease().getDestination(), other.lease());
      }
      if (take(wanted, time, others, lapsed.values().stream().map(Lease::getProcess).toList())) {
        return List.copyOf(lapsed.values());
      }
    }
  }

  /** A run of an earlier version doesn't say what it is. */
  private static String excluded(Lease.Kind kind) {
    return switch (kind) {
      case BATCH -> "kind = 'STREAM' OR kind IS NULL";
      case STREAM -> "kind = 'BATCH'";
    };
  }

  private List<Other> others(LeaseClaim wanted, String others) {
    BigQueryTable<Lease> table = store.leaseTable();
    String sql =
        "SELECT "
            + table.columns("")
            + ", CASE WHEN expires_at < CURRENT_TIMESTAMP() THEN 1 ELSE 0 END AS expired"
            + " FROM import_leases WHERE "
            + others;
    Map<String, String> parameters =
        Map.of("destination", StorableText.key(wanted.destination()), "run_id", wanted.runId());
    return store.queryNamed(sql, parameters).stream()
        .map(
            row -> {
              Lease lease = table.fromRow(row);
              boolean isExpired = row.get("expired").equals("1");
              return new Other(lease, !isExpired && !HolderProcess.isDead(lease.getProcess()));
            })
        .toList();
  }

  private boolean take(LeaseClaim wanted, Duration time, String others, List<String> gone) {
    String script =
        TAKE.replace("{others}", others).replace("{lapsed}", LAPSED).replace("{ends}", ENDS);
    List<String> dead = gone.stream().filter(HolderProcess::isDead).toList();
    Map<String, String> parameters =
        Map.of(
            "destination", StorableText.key(wanted.destination()),
            "run_id", wanted.runId(),
            "holder", wanted.process().name(),
            "process", wanted.process().identity(),
            "kind", wanted.kind().name(),
            "millis", String.valueOf(time.toMillis()),
            "dead", TextsJson.write(dead));
    return held(script, parameters) > 0;
  }

  private int held(String script, Map<String, String> parameters) {
    return Integer.parseInt((String) store.queryNamed(script, parameters).get(0).get("held"));
  }

  @Override
  public int renew(String runId, Duration time) {
    return held(
        "UPDATE import_leases SET expires_at = "
            + ENDS
            + " WHERE run_id = @run_id;\n"
            + "SELECT COUNT(*) AS held FROM import_leases WHERE run_id = @run_id",
        Map.of("run_id", runId, "millis", String.valueOf(time.toMillis())));
  }

  @Override
  public void release(String runId) {
    store.queryNamed("DELETE FROM import_leases WHERE run_id = @run_id", Map.of("run_id", runId));
  }
}
