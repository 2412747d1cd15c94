package com.nomadicml.beam.status;

import java.util.List;

/** The tables that a lane keeps beside the others: what it needs to go on, and its history. */
final class LaneTables {
  static final String INTENTS = "import_intents";

  private static final List<String> DDL =
      List.of(
          "CREATE TABLE IF NOT EXISTS import_intents ("
              + "batch_id TEXT NOT NULL PRIMARY KEY, run_id TEXT NOT NULL,"
              + " idempotency_key TEXT NOT NULL, sends BIGINT NOT NULL, sent_at TIMES NOT NULL,"
              + " body TEXT)",
          "CREATE TABLE IF NOT EXISTS import_cursors ("
              + "batch_id TEXT NOT NULL PRIMARY KEY, next_look_at TIMES NOT NULL,"
              + " waited BIGINT NOT NULL, reading TEXT NOT NULL)",
          "CREATE TABLE IF NOT EXISTS import_attempts ("
              + "destination TEXT NOT NULL, source_uri TEXT NOT NULL, attempt BIGINT NOT NULL,"
              + " run_id TEXT NOT NULL, batch_id TEXT, import_job_id TEXT, video_id TEXT,"
              + " state TEXT NOT NULL, error_code TEXT, error_message TEXT,"
              + " updated_at TIMES NOT NULL, PRIMARY KEY (destination, source_uri, attempt))",
          "CREATE TABLE IF NOT EXISTS import_counts ("
              + "run_id TEXT NOT NULL, stage TEXT NOT NULL, part TEXT NOT NULL,"
              + " items BIGINT NOT NULL, PRIMARY KEY (run_id, stage, part))",
          "CREATE TABLE IF NOT EXISTS import_requests ("
              + "run_id TEXT NOT NULL, process TEXT NOT NULL, hour TIMES NOT NULL,"
              + " sent BIGINT NOT NULL, refused BIGINT NOT NULL, failed BIGINT NOT NULL,"
              + " PRIMARY KEY (run_id, process, hour))",
          "CREATE TABLE IF NOT EXISTS import_lanes ("
              + "run_id TEXT NOT NULL PRIMARY KEY, epoch BIGINT NOT NULL, process TEXT NOT NULL,"
              + " expires_at BIGINT NOT NULL, ending TEXT, message TEXT)",
          "CREATE TABLE IF NOT EXISTS import_outcomes ("
              + "run_id TEXT NOT NULL, position BIGINT NOT NULL, batch_id TEXT NOT NULL,"
              + " PRIMARY KEY (run_id, position))",
          "CREATE TABLE IF NOT EXISTS import_arrivals ("
              + "run_id TEXT NOT NULL, batch_id TEXT NOT NULL, PRIMARY KEY (run_id, batch_id))",
          "CREATE TABLE IF NOT EXISTS import_limits ("
              + "account TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, day TEXT NOT NULL,"
              + " spent BIGINT NOT NULL, sent TEXT NOT NULL, granted TEXT NOT NULL,"
              + " not_before BIGINT NOT NULL)",
          "CREATE TABLE IF NOT EXISTS import_events ("
              + "run_id TEXT NOT NULL, happened_at TIMES NOT NULL, kind TEXT NOT NULL,"
              + " event TEXT NOT NULL, PRIMARY KEY (run_id, happened_at, kind, event))");

  private LaneTables() {}

  /** What creates those that are absent. */
  static List<String> ddl(JdbcDialect dialect) {
    String time = dialect.typeName(Column.Type.TIMESTAMP);
    return DDL.stream().map(sql -> sql.replace("TIMES", time)).toList();
  }

  /**
   * What carries tables of an earlier version over, once: a batch was or may be sent with its own
   * id as the key, and the last day's requests are spent.
   */
  static List<String> carryOver() {
    return List.of(
        "INSERT INTO import_intents (batch_id, run_id, idempotency_key, sends, sent_at, body)"
            + " SELECT batch_id, run_id, batch_id, unknown_submits, planned_at, NULL"
            + " FROM import_jobs"
            + " WHERE state IN ('PLANNED', 'SUBMIT_UNKNOWN') AND submitted_at IS NULL",
        "INSERT INTO import_limits (account, version, day, spent, sent, granted, not_before)"
            + " SELECT 'account', 0, quota_day, SUM(requests_on_day), '', '', 0"
            + " FROM import_runs GROUP BY quota_day ORDER BY quota_day DESC LIMIT 1");
  }
}
