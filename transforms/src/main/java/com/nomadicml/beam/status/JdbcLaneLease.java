package com.nomadicml.beam.status;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Lanes in SQLite or PostgreSQL: one statement takes a lane, or finds it held. */
record JdbcLaneLease(JdbcDatabase database) implements LaneLease {

  private record Holder(long epoch, String process, long expiresAt) {
    boolean isGone() {
      return expiresAt == 0 || HolderProcess.isDead(process);
    }
  }

  @Override
  public Optional<Taken> take(String runId, String process, Duration time) {
    Optional<Holder> before = holder(runId);
    String gone = before.filter(Holder::isGone).map(Holder::process).orElse(process);
    String now = database.dialect().clock();
    int taken =
        update(
            "INSERT INTO import_lanes (run_id, epoch, process, expires_at) VALUES (?, 1, ?, "
                + now
                + " + ?) ON CONFLICT (run_id) DO UPDATE SET epoch = import_lanes.epoch + 1,"
                + " process = excluded.process, expires_at = excluded.expires_at"
                + " WHERE import_lanes.ending IS NULL AND (import_lanes.expires_at <= "
                + now
                + " OR import_lanes.process = ?)",
            runId,
            process,
            time.toMillis(),
            gone);
    boolean isInherited = before.isPresent() && !before.get().isGone();
    return taken == 0
        ? Optional.empty()
        : holder(runId).map(holder -> new Taken(holder.epoch(), isInherited));
  }

  private Optional<Holder> holder(String runId) {
    return new JdbcQuery(database, "SELECT * FROM import_lanes WHERE run_id = ?")
            .list(
                row ->
                    new Holder(
                        row.getLong("epoch"), row.getString("process"), row.getLong("expires_at")),
                List.of(runId))
            .stream()
            .findFirst();
  }

  @Override
  public boolean renew(String runId, long epoch, Duration time) {
    return update(
            "UPDATE import_lanes SET expires_at = "
                + database.dialect().clock()
                + " + ? WHERE run_id = ? AND epoch = ?",
            time.toMillis(),
            runId,
            epoch)
        > 0;
  }

  @Override
  public void release(String runId, long epoch) {
    update("UPDATE import_lanes SET expires_at = 0 WHERE run_id = ? AND epoch = ?", runId, epoch);
  }

  @Override
  public void end(String runId, long epoch, End end) {
    update(
        "UPDATE import_lanes SET ending = ?, message = ? WHERE run_id = ? AND epoch = ?",
        end.kind(),
        end.message(),
        runId,
        epoch);
  }

  @Override
  public boolean isOpen(String runId) {
    return endOf(runId).isEmpty() && holder(runId).filter(lane -> lane.expiresAt() > 0).isPresent();
  }

  @Override
  public Optional<End> endOf(String runId) {
    return new JdbcQuery(
            database,
            "SELECT ending, message FROM import_lanes WHERE run_id = ? AND ending IS NOT NULL")
            .list(row -> new End(row.getString("ending"), row.getString("message")), List.of(runId))
            .stream()
            .findFirst();
  }

  /**
   * Fails unless an epoch of a lane lasts, and keeps it until the transaction ends.
   *
   * @throws LeaseHeldException if it does not
   */
  static void fence(JdbcDatabase database, Connection connection, String runId, long epoch)
      throws SQLException {
    boolean holds =
        new JdbcStatements(database, connection)
            .exists(
                "SELECT epoch FROM import_lanes WHERE run_id = ? AND epoch = ?"
                    + database.dialect().keepRow(),
                runId,
                epoch);
    if (!holds) {
      throw LeaseHeldException.lost(runId);
    }
  }

  private int update(String sql, Object... parameters) {
    AtomicInteger changed = new AtomicInteger();
    new JdbcTransaction(database)
        .run(
            "write import_lanes",
            connection ->
                changed.set(new JdbcStatements(database, connection).execute(sql, parameters)));
    return changed.get();
  }
}
