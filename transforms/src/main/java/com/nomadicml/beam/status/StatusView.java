package com.nomadicml.beam.status;

import static java.util.stream.Collectors.joining;

import java.util.List;

/**
 * A view over the status tables, for whoever asks them with SQL. It is made with the tables, and
 * its text is the same in all databases.
 *
 * @param query with the tables' own names
 */
record StatusView(String name, String query) {
  private static final List<String> SUM =
      List.of(
          "blank",
          "rejected",
          "skipped",
          "duplicate",
          "already_done",
          "uploaded",
          "failed",
          "missing",
          "refused",
          "unknown",
          "open",
          "stopped");

  /** Of a run that has counted itself at its end. */
  private static final String IS_WHOLE =
      "state <> 'RUNNING' AND lines_read > 0 AND "
          + SUM.stream().map(name -> "COALESCE(" + name + ", 0)").collect(joining(" + "))
          + " >= lines_read + COALESCE(expanded, 0)";

  /** What planning has counted, of runs whose plan is written: as {@code status} reads it. */
  private static final String PLANNED =
      "SELECT run_id, "
          + stage("lines_read", "lines_read")
          + stage("expanded_objects", "expanded")
          + stage("resumed_items", "resumed")
          + stage("in_flight_items", "in_flight")
          + stage("blank_lines", "blank")
          + stage("rejected_lines", "rejected")
          + "SUM(CASE WHEN stage LIKE 'skipped_%' THEN items ELSE 0 END) AS skipped, "
          + stage("duplicate_items", "duplicate")
          + stage("already_done_items", "already_done")
          + stage("ended_uploaded", "uploaded")
          + stage("ended_uploading_failed", "failed")
          + stage("ended_missing", "missing")
          + stage("ended_refused", "refused")
          + stage("ended_submit_unknown", "unknown")
          + "COUNT(*) AS parts FROM import_counts WHERE part NOT LIKE '"
          + LaneStore.LANE_PART
          + "%' AND run_id IN (SELECT run_id FROM import_lanes"
          + " UNION ALL SELECT run_id FROM import_runs WHERE state <> 'RUNNING')"
          + " GROUP BY run_id HAVING SUM(CASE WHEN stage = 'lines_read' THEN items ELSE 0 END) > 0";

  /** What the batches of a run have come to. What will be tried again has come to nothing yet. */
  private static final String SENT =
      "SELECT j.run_id, SUM(CASE WHEN "
          + ended("j.uploaded")
          + " AS uploaded, SUM(CASE WHEN j.attempt >= COALESCE(r.max_attempts, 1) AND "
          + ended("j.failed")
          + " AS failed, SUM(CASE WHEN j.attempt >= COALESCE(r.max_attempts, 1) AND "
          + ended("j.missing")
          + " AS missing, SUM(CASE WHEN j.state = 'REFUSED' AND o.batch_id IS NOT NULL"
          + " THEN j.requested ELSE 0 END) AS refused,"
          + " SUM(CASE WHEN j.state = 'SUBMIT_UNKNOWN' AND o.batch_id IS NOT NULL"
          + " THEN j.requested ELSE 0 END) AS unknown,"
          + " SUM(CASE WHEN j.state = 'STOPPED' THEN j.requested ELSE 0 END) AS stopped,"
          + " SUM(CASE WHEN j.state IN ('PLANNED', 'SUBMITTED')"
          + " OR j.state = 'SUBMIT_UNKNOWN' AND o.batch_id IS NULL THEN j.requested WHEN "
          + ended("j.requested - j.uploaded - j.failed - j.missing")
          + " AS in_work FROM import_jobs j JOIN import_runs r ON r.run_id = j.run_id"
          + " LEFT JOIN import_outcomes o ON o.run_id = j.run_id AND o.batch_id = j.batch_id"
          + " GROUP BY j.run_id";

  private static final String COUNTED =
      "SELECT r.run_id, "
          + List.of("blank", "rejected", "skipped", "duplicate", "already_done").stream()
              .map(name -> "COALESCE(p." + name + ", 0) AS " + name + ", ")
              .collect(joining())
          + List.of("uploaded", "failed", "missing", "refused", "unknown").stream()
              .map(
                  name ->
                      "COALESCE(p." + name + ", 0) + COALESCE(s." + name + ", 0) AS " + name + ", ")
              .collect(joining())
          + "COALESCE(s.stopped, 0) AS stopped, COALESCE(s.in_work, 0) AS in_work,"
          + " CASE WHEN p.run_id IS NULL THEN 0 ELSE 1 END AS is_planned,"
          + " CASE WHEN COALESCE(p.lines_read, 0) > r.lines_read THEN p.lines_read"
          + " ELSE r.lines_read END + COALESCE(p.expanded, 0) + COALESCE(p.resumed, 0)"
          + " - COALESCE(p.in_flight, 0) AS came_in FROM import_runs r"
          + " LEFT JOIN planned p ON p.run_id = r.run_id LEFT JOIN sent s ON s.run_id = r.run_id";

  /** What is not settled is open; a stream plans as it goes. */
  private static final String SETTLED =
      "SELECT counted.*, "
          + SUM.stream().filter(name -> !name.equals("open")).collect(joining(" + "))
          + " AS settled FROM counted";

  private static final String RUNNING =
      "SELECT run_id, "
          + SUM.stream()
              .map(
                  name ->
                      name.equals("open")
                          ? "CASE WHEN is_planned = 0 AND settled + in_work > came_in THEN in_work"
                              + " WHEN came_in > settled THEN came_in - settled ELSE 0 END AS open"
                          : name)
              .collect(joining(", "))
          + " FROM sums WHERE run_id NOT IN (SELECT run_id FROM import_runs WHERE "
          + IS_WHOLE
          + ")";

  private static final String ENDED =
      "SELECT run_id, "
          + SUM.stream().map(name -> "COALESCE(" + name + ", 0) AS " + name).collect(joining(", "))
          + " FROM import_runs WHERE "
          + IS_WHOLE;

  private static final String TOLD =
      "SELECT r.run_id, r.manifest, r.state, r.started_at, r.finished_at, r.alive_at, r.requests, "
          + SUM.stream().map("n."::concat).collect(joining(", "))
          + ", "
          + SUM.stream().map("n."::concat).collect(joining(" + "))
          + " AS total_lines FROM import_runs r JOIN numbers n ON n.run_id = r.run_id";

  /** In percent, not rounded yet; a run that had nothing to do has done all. */
  private static final String PART =
      "SELECT told.*, CASE WHEN total_lines > 0 THEN 100.0 * (total_lines - open) / total_lines"
          + " WHEN state = 'RUNNING' THEN 0.0 ELSE 100.0 END AS part FROM told";

  /** One row a run. Its percent has one decimal, and is 100 only when nothing is open. */
  static final StatusView PROGRESS =
      new StatusView(
          "import_progress",
          "WITH planned AS ("
              + PLANNED
              + "), sent AS ("
              + SENT
              + "), counted AS ("
              + COUNTED
              + "), sums AS ("
              + SETTLED
              + "), numbers AS ("
              + ENDED
              + " UNION ALL "
              + RUNNING
              + "), told AS ("
              + TOLD
              + "), parts AS ("
              + PART
              + ") SELECT run_id, manifest, state, started_at, finished_at, alive_at, requests,"
              + " total_lines, CASE WHEN ROUND(part, 1) > part"
              + " THEN ROUND(ROUND(part, 1) - 0.1, 1) ELSE ROUND(part, 1) END AS percent, "
              + String.join(", ", SUM)
              + " FROM parts");

  /** One row a run, target and reason. */
  static final StatusView FAILURES =
      new StatusView(
          "import_failures",
          "SELECT run_id, provider, bucket, destination, state, error_code, error_message,"
              + " COUNT(*) AS items, MIN(source_uri) AS example, MAX(updated_at) AS last_at"
              + " FROM import_videos WHERE error_code IS NOT NULL GROUP BY run_id, provider,"
              + " bucket, destination, state, error_code, error_message");

  static final List<StatusView> ALL = List.of(PROGRESS, FAILURES);

  private static String stage(String stage, String column) {
    return "SUM(CASE WHEN stage = '" + stage + "' THEN items ELSE 0 END) AS " + column + ", ";
  }

  private static String ended(String items) {
    return "j.state IN ('COMPLETED', 'INCOMPLETE') THEN " + items + " ELSE 0 END)";
  }
}
