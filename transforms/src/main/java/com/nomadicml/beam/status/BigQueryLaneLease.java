package com.nomadicml.beam.status;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lanes in BigQuery, by its clock. A lane is taken in one transaction that also updates a row of
 * its own: BigQuery lets two inserts pass side by side, but no two updates of a row.
 */
record BigQueryLaneLease(BigQueryStatusStore store) implements LaneLease {
  /** What {@code import_lanes} is by, in epoch milliseconds. */
  static final String NOW = "UNIX_MILLIS(CURRENT_TIMESTAMP())";

  private static final String TAKE =
      "INSERT INTO import_lanes (run_id, epoch, process, expires_at) SELECT '*', 0, '', 0"
          + " FROM (SELECT 1) WHERE NOT EXISTS (SELECT 1 FROM import_lanes WHERE run_id = '*');\n"
          + "BEGIN TRANSACTION;\n"
          + "UPDATE import_lanes SET epoch = epoch + 1 WHERE run_id = '*';\n"
          + "UPDATE import_lanes SET epoch = epoch + 1, process = @process, expires_at = "
          + NOW
          + " + CAST(@millis AS INT64) WHERE run_id = @run_id AND epoch = CAST(@epoch AS INT64)"
          + " AND ending IS NULL AND (expires_at <= "
          + NOW
          + " OR process = @gone);\n"
          + "INSERT INTO import_lanes (run_id, epoch, process, expires_at)"
          + " SELECT @run_id, 1, @process, "
          + NOW
          + " + CAST(@millis AS INT64) FROM (SELECT 1)"
          + " WHERE NOT EXISTS (SELECT 1 FROM import_lanes WHERE run_id = @run_id);\n"
          + "COMMIT TRANSACTION;\n";

  private static final String HOLDER = "SELECT * FROM import_lanes WHERE run_id = @run_id";

  private record Holder(long epoch, String process, long expiresAt) {
    static Holder of(Map<String, Object> row) {
      return new Holder(
          Long.parseLong((String) row.get("epoch")),
          (String) row.get("process"),
          Long.parseLong((String) row.get("expires_at")));
    }

    boolean isGone() {
      return expiresAt == 0 || HolderProcess.isDead(process);
    }
  }

  @Override
  public Optional<Taken> take(String runId, String process, Duration time) {
    Optional<Holder> before = row(runId).map(Holder::of);
    long epoch = before.map(Holder::epoch).orElse(0L);
    String gone = before.filter(Holder::isGone).map(Holder::process).orElse(process);
    Holder after =
        Holder.of(
            store
                .queryNamed(
                    TAKE + HOLDER,
                    Map.of(
                        "run_id", runId,
                        "process", process,
                        "gone", gone,
                        "epoch", String.valueOf(epoch),
                        "millis", String.valueOf(time.toMillis())))
                .get(0));
    boolean isInherited = before.isPresent() && !before.get().isGone();
    return after.epoch() == epoch + 1 && after.process().equals(process)
        ? Optional.of(new Taken(after.epoch(), isInherited))
        : Optional.empty();
  }

  private Optional<Map<String, Object>> row(String runId) {
    return store.queryNamed(HOLDER, Map.of("run_id", runId)).stream().findFirst();
  }

  @Override
  public boolean renew(String runId, long epoch, Duration time) {
    List<Map<String, Object>> held =
        store.queryNamed(
            "UPDATE import_lanes SET expires_at = "
                + NOW
                + " + CAST(@millis AS INT64)"
                + " WHERE run_id = @run_id AND epoch = CAST(@epoch AS INT64);\n"
                + "SELECT epoch FROM import_lanes"
                + " WHERE run_id = @run_id AND epoch = CAST(@epoch AS INT64)",
            Map.of(
                "run_id", runId,
                "epoch", String.valueOf(epoch),
                "millis", String.valueOf(time.toMillis())));
    return !held.isEmpty();
  }

  @Override
  public void release(String runId, long epoch) {
    store.queryNamed(
        "UPDATE import_lanes SET expires_at = 0"
            + " WHERE run_id = @run_id AND epoch = CAST(@epoch AS INT64)",
        Map.of("run_id", runId, "epoch", String.valueOf(epoch)));
  }

  @Override
  public void end(String runId, long epoch, End end) {
    store.queryNamed(
        "UPDATE import_lanes SET ending = @ending, message = @message"
            + " WHERE run_id = @run_id AND epoch = CAST(@epoch AS INT64)",
        Map.of(
            "run_id", runId,
            "epoch", String.valueOf(epoch),
            "ending", end.kind(),
            "message", StorableText.of(end.message())));
  }

  @Override
  public boolean isOpen(String runId) {
    return row(runId)
        .filter(row -> row.get("ending") == null && Holder.of(row).expiresAt() > 0)
        .isPresent();
  }

  @Override
  public Optional<End> endOf(String runId) {
    return row(runId)
        .filter(row -> row.get("ending") != null)
        .map(row -> new End((String) row.get("ending"), (String) row.get("message")));
  }
}
