package com.nomadicml.beam.status;

/** Queries of {@link RunNumbers} that all databases share; {@code ?} is the run. */
final class RunQueries {
  /** Of a batch that was cut in two nothing is counted: it is refused, and was not closed. */
  static final String BATCHES =
      "SELECT provider, bucket, scope || '/' || COALESCE(folder, '') AS destination, state,"
          + " attempt, closed, COUNT(*) AS batches, SUM(requested) AS requested,"
          + " SUM(uploaded) AS uploaded, SUM(failed) AS failed, SUM(missing) AS missing FROM"
          + " (SELECT j.*, CASE WHEN batch_id IN"
          + " (SELECT batch_id FROM import_outcomes WHERE run_id = ?) THEN 1 ELSE 0 END AS closed"
          + " FROM import_jobs j WHERE run_id = ?) AS batches_of_run"
          + " GROUP BY 1, 2, 3, state, attempt, closed ORDER BY 1, 2, 3, state, attempt, closed";

  static final String COUNTS =
      "SELECT stage, SUM(items) AS items FROM import_counts WHERE run_id = ? AND part NOT LIKE '"
          + LaneStore.LANE_PART
          + "%' GROUP BY stage";

  /**
   * Jobs whose items are counted one by one; the oldest, so that none leaves them but by its end.
   */
  private static final int MOST_READ = 50;

  static final long MOST_ITEMS_READ = 50_000;

  /** In BigQuery, a cursor that is no more has no reading. */
  static final String READ =
      "SELECT j.batch_id, j.requested FROM import_jobs j"
          + " JOIN import_cursors c ON c.batch_id = j.batch_id"
          + " WHERE j.run_id = ? AND j.state = 'SUBMITTED' AND c.reading IS NOT NULL"
          + " ORDER BY j.submitted_at, j.batch_id LIMIT "
          + MOST_READ;

  /** What follows the columns of a job; then comes how many. */
  static final String OPEN_JOBS =
      " WHERE run_id = ? AND state IN ('PLANNED', 'SUBMITTED', 'SUBMIT_UNKNOWN')"
          + " ORDER BY CASE WHEN submitted_at IS NULL THEN 1 ELSE 0 END, submitted_at, planned_at,"
          + " batch_id LIMIT ";

  /** Of a day. A quota that several share knows more than their rows, and less until it is told. */
  static final String SPENT =
      "SELECT COALESCE(SUM(requests_on_day), 0) AS requests FROM import_runs WHERE quota_day = ?"
          + " UNION ALL SELECT spent AS requests FROM import_limits WHERE day = ?";

  private static final int MOST_EVENTS = 20;

  /** What follows the columns of an event. */
  static final String EVENTS =
      " FROM import_events WHERE run_id = ? ORDER BY happened_at DESC, kind LIMIT " + MOST_EVENTS;

  /** Of so many failures the reasons are counted: of more, those that are found first. */
  private static final int MOST_FAILURES = 100_000;

  private static final String REASONS =
      "SELECT * FROM (SELECT provider, bucket, destination, state, error_code, error_message,"
          + " COUNT(*) AS items, ROW_NUMBER() OVER (PARTITION BY provider, bucket, destination"
          + " ORDER BY COUNT(*) DESC, error_code, error_message) AS place FROM"
          + " (SELECT provider, bucket, destination, state, error_code, error_message"
          + " FROM import_videos WHERE error_code IS NOT NULL AND run_id = ? LIMIT "
          + MOST_FAILURES
          + ") AS failures GROUP BY provider, bucket, destination, state, error_code,"
          + " error_message) AS reasons WHERE place <= ";

  /** All reasons, by bucket; then comes how many are told. */
  static final String FAILURES =
      "SELECT bucket, state, error_code, error_message, COUNT(*) AS items,"
          + " MIN(source_uri) AS example, COUNT(*) OVER () AS reasons FROM import_videos"
          + " WHERE error_code IS NOT NULL AND run_id = ?"
          + " GROUP BY bucket, state, error_code, error_message"
          + " ORDER BY items DESC, bucket, error_code, error_message LIMIT ";

  private RunQueries() {}

  /**
   * Items that have come to their end in some batches.
   *
   * @param table which has a row an item and {@code batch_id}
   * @param batches the set of their ids in SQL
   */
  static String shown(String table, String batches) {
    return "SELECT provider, bucket, destination, state, attempt, COUNT(*) AS items FROM "
        + table
        + " WHERE batch_id IN "
        + batches
        + " AND state IN ('UPLOADED', 'UPLOADING_FAILED', 'MISSING')"
        + " GROUP BY provider, bucket, destination, state, attempt";
  }

  static String reasons(int most) {
    return REASONS + most + " ORDER BY items DESC, provider, bucket, destination, place";
  }
}
