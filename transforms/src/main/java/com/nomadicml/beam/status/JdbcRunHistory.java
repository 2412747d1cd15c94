package com.nomadicml.beam.status;

import com.nomadicml.beam.model.PartCount;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What has happened to runs, in SQLite or PostgreSQL: counts, events, requests by hour. */
record JdbcRunHistory(JdbcDatabase database) {

  void counted(String runId, Collection<PartCount> counts) {
    update(
        "write import_counts",
        statements -> {
          for (PartCount count : counts) {
            statements.upsert(
                "import_counts",
                3,
                "run_id, stage, part, items",
                runId,
                count.getStage(),
                StorableText.key(count.getPart()),
                count.getItems());
          }
        });
  }

  Map<String, Long> counts(String runId, String filter) {
    Map<String, Long> sums = new HashMap<>();
    new JdbcQuery(
            database,
            "SELECT stage, SUM(items) AS items FROM import_counts WHERE run_id = ?"
                + filter
                + " GROUP BY stage")
        .list(row -> sums.put(row.getString("stage"), row.getLong("items")), List.of(runId));
    return sums;
  }

  void event(String runId, Instant at, String kind, String text) {
    update(
        "write import_events",
        statements ->
            statements.upsert(
                "import_events",
                4,
                "run_id, happened_at, kind, event",
                runId,
                at,
                kind,
                StorableText.key(text)));
  }

  List<String> events(String runId, String kind) {
    return new JdbcQuery(database, "SELECT event FROM import_events WHERE run_id = ? AND kind = ?")
        .list(row -> row.getString("event"), List.of(runId, kind));
  }

  void requests(String runId, String process, Instant hour, long sent, long refused, long failed) {
    update(
        "write import_requests",
        statements ->
            statements.upsert(
                "import_requests",
                3,
                "run_id, process, hour, sent, refused, failed",
                runId,
                process,
                hour,
                sent,
                refused,
                failed));
  }

  Map<Instant, Long> requestsOfOthers(String runId, String process) {
    Map<Instant, Long> sums = new HashMap<>();
    new JdbcQuery(
            database, "SELECT hour, sent FROM import_requests WHERE run_id = ? AND process <> ?")
        .list(
            row ->
                sums.merge(
                    database.dialect().readTime(row, "hour"), row.getLong("sent"), Long::sum),
            List.of(runId, process));
    return sums;
  }

  private interface Statements {
    void execute(JdbcStatements statements) throws SQLException;
  }

  private void update(String what, Statements statements) {
    new JdbcTransaction(database)
        .run(what, connection -> statements.execute(new JdbcStatements(database, connection)));
  }
}
