package com.nomadicml.beam.status;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Leases in SQLite or PostgreSQL: one statement takes a lease, or finds it held. */
record JdbcLeases(JdbcDatabase database) implements Leases {
  private static final String ACQUIRE =
      "INSERT INTO import_leases"
          + " (destination, run_id, holder, process, acquired_at, expires_at)"
          + " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (destination) DO UPDATE SET"
          + " run_id = excluded.run_id, holder = excluded.holder, process = excluded.process,"
          + " acquired_at = excluded.acquired_at, expires_at = excluded.expires_at"
          + " WHERE import_leases.expires_at < ? OR import_leases.run_id IN (?, ?)";

  @Override
  public void acquire(Lease wanted, Instant now) {
    String deadRun = wanted.getRunId();
    while (!tryAcquire(wanted, now, deadRun)) {
      Optional<Lease> holder = holder(wanted.getDestination());
      if (holder.isPresent()) {
        if (!HolderProcess.isDead(holder.get().getProcess())) {
          throw LeaseHeldException.by(holder.get());
        }
        deadRun = holder.get().getRunId();
      }
    }
  }

  private boolean tryAcquire(Lease wanted, Instant now, String deadRun) {
    return update(
            ACQUIRE,
            statement -> {
              int index = 1;
              for (Column<Lease> column : LeaseTable.LEASES.columns()) {
                database.dialect().bind(statement, index++, column.type(), column.valueIn(wanted));
              }
              database.dialect().bindTime(statement, index++, now);
              statement.setString(index++, wanted.getRunId());
              statement.setString(index, deadRun);
            })
        > 0;
  }

  @Override
  public Optional<Lease> holder(String destination) {
    return new JdbcQuery(database, "SELECT * FROM import_leases WHERE destination = ?")
            .list(
                row -> database.dialect().read(LeaseTable.LEASES, row),
                List.of(StorableText.key(destination)))
            .stream()
            .findFirst();
  }

  @Override
  public int renew(String runId, Instant expiresAt) {
    return update(
        "UPDATE import_leases SET expires_at = ? WHERE run_id = ?",
        statement -> {
          database.dialect().bindTime(statement, 1, expiresAt);
          statement.setString(2, runId);
        });
  }

  @Override
  public void release(String runId) {
    update(
        "DELETE FROM import_leases WHERE run_id = ?", statement -> statement.setString(1, runId));
  }

  private interface Binder {
    void bind(PreparedStatement statement) throws SQLException;
  }

  private int update(String sql, Binder binder) {
    return new JdbcRetry(database)
        .run(
            "write import_leases",
            () -> {
              try (Connection connection = database.borrow()) {
                connection.setAutoCommit(true);
                try (PreparedStatement statement = connection.prepareStatement(sql)) {
                  binder.bind(statement);
                  return statement.executeUpdate();
                }
              }
            });
  }
}
