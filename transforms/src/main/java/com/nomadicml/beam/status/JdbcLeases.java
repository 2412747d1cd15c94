package com.nomadicml.beam.status;

import static java.util.stream.Collectors.joining;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Leases in SQLite or PostgreSQL. One transaction at a time looks who is at work, and takes a
 * lease; so of two that begin at once, the second sees the first.
 */
record JdbcLeases(JdbcDatabase database) implements Leases {
  private static final String COLUMNS =
      LeaseTable.LEASES.columnNames().stream().collect(joining(", "));

  private static final String OTHERS =
      "SELECT * FROM import_leases WHERE run_id <> ? AND (destination = ? OR ";

  @Override
  public List<Lease> acquire(LeaseClaim wanted, Duration time) {
    // From all tries, as the answer to one that went well may be lost.
    Map<String, Lease> lapsed = new LinkedHashMap<>();
    transact(
        statements -> {
          if (database.dialect() == JdbcDialect.POSTGRESQL) {
            // Before anything is read. In SQLite one transaction writes at a time.
            statements.execute("LOCK TABLE import_leases IN SHARE ROW EXCLUSIVE MODE");
          }
          Instant now = statements.now();
          for (Lease other : others(statements, wanted)) {
            throwIfAtWork(other, wanted, now);
            lapsed.put(other.getDestination(), other);
            // Also elsewhere: a stream that was frozen shall learn that a batch has begun.
            statements.execute(
                "DELETE FROM import_leases WHERE destination = ?", other.getDestination());
          }
          Lease lease = wanted.at(now, time);
          statements.upsert(
              "import_leases",
              1,
              COLUMNS,
              StorableText.key(lease.getDestination()),
              lease.getRunId(),
              lease.getHolder(),
              lease.getProcess(),
              now,
              Instant.ofEpochMilli(lease.getExpiresAt()),
              lease.getKind());
        });
    return List.copyOf(lapsed.values());
  }

  /** The leases of other runs that this one replaces or excludes, if they have lapsed. */
  private List<Lease> others(JdbcStatements statements, LeaseClaim wanted) throws SQLException {
    // A run of an earlier version doesn't say what it is.
    String excluded =
        switch (wanted.kind()) {
          case BATCH -> "kind = 'STREAM' OR kind IS NULL)";
          case STREAM -> "kind = 'BATCH')";
        };
    return statements.list(
        OTHERS + excluded,
        database.dialect().rows(LeaseTable.LEASES),
        wanted.runId(),
        StorableText.key(wanted.destination()));
  }

  private static void throwIfAtWork(Lease other, LeaseClaim wanted, Instant now) {
    boolean isExpired = other.getExpiresAt() < now.toEpochMilli();
    if (!isExpired && !HolderProcess.isDead(other.getProcess())) {
      throw LeaseHeldException.by(other, wanted);
    }
  }

  @Override
  public int renew(String runId, Duration time) {
    AtomicInteger held = new AtomicInteger();
    transact(
        statements ->
            held.set(
                statements.execute(
                    "UPDATE import_leases SET expires_at = ? WHERE run_id = ?",
                    statements.now().plus(time),
                    runId)));
    return held.get();
  }

  @Override
  public void release(String runId) {
    transact(statements -> statements.execute("DELETE FROM import_leases WHERE run_id = ?", runId));
  }

  private interface Change {
    void with(JdbcStatements statements) throws SQLException;
  }

  private void transact(Change change) {
    new JdbcTransaction(database)
        .run(
            "write import_leases",
            connection -> change.with(new JdbcStatements(database, connection)));
  }
}
