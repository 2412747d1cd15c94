package com.nomadicml.beam.benchmarks;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The status tables as a stranger reads them: in SQL, with none of the importer's own code.
 *
 * @param url of JDBC
 */
record Tables(String url) {
  /** All columns of {@code import_runs} that a line may end in. */
  private static final String OUTCOMES =
      "blank + rejected + duplicate + already_done + uploaded + failed + missing + refused"
          + " + unknown + open + stopped";

  /** The state of each item; an item with two rows fails. */
  Map<String, String> states() throws SQLException {
    Map<String, String> states = new LinkedHashMap<>();
    for (List<String> row : query("SELECT source_uri, state FROM import_videos")) {
      if (states.put(row.get(0), row.get(1)) != null) {
        throw new IllegalStateException("two rows of " + row.get(0));
      }
    }
    return states;
  }

  /** Items by state, such as {@code UPLOADED 16}. */
  Map<String, Long> stateCounts() throws SQLException {
    return counts("SELECT state, COUNT(*) FROM import_videos GROUP BY state ORDER BY state");
  }

  /** Batches by state. */
  Map<String, Long> jobStateCounts() throws SQLException {
    return counts("SELECT state, COUNT(*) FROM import_jobs GROUP BY state ORDER BY state");
  }

  /** Items of all batches that have a row. */
  long plannedItems() throws SQLException {
    return number("SELECT COALESCE(SUM(requested), 0) FROM import_jobs");
  }

  /** Batches that the importer knows to be accepted. */
  long acceptedJobs() throws SQLException {
    return number("SELECT COUNT(*) FROM import_jobs WHERE submitted_at IS NOT NULL");
  }

  long batches() throws SQLException {
    return number("SELECT COUNT(*) FROM import_jobs");
  }

  /** Items of the largest batch. */
  long largestBatch() throws SQLException {
    return number("SELECT COALESCE(MAX(requested), 0) FROM import_jobs");
  }

  /** Requests that ended in doubt. */
  long unknownSubmits() throws SQLException {
    return number("SELECT COALESCE(SUM(unknown_submits), 0) FROM import_jobs");
  }

  long items() throws SQLException {
    return number("SELECT COUNT(*) FROM import_videos");
  }

  long openItems() throws SQLException {
    return number(
        "SELECT COUNT(*) FROM import_videos WHERE state IN"
            + " ('PENDING', 'SUBMITTED', 'SUBMIT_UNKNOWN')");
  }

  /** Of the open items, those that a lane has sent as often as it may without an answer. */
  long itemsInDoubt() throws SQLException {
    return number("SELECT COUNT(*) FROM import_videos WHERE state = 'SUBMIT_UNKNOWN'");
  }

  /** Runs that came to their end with a sum that does not hold. */
  long runsWithoutSum() throws SQLException {
    return number(
        "SELECT COUNT(*) FROM import_runs WHERE finished_at IS NOT NULL AND lines_read <> "
            + OUTCOMES);
  }

  /** Requests that all runs have made. */
  long requests() throws SQLException {
    return number("SELECT COALESCE(SUM(requests), 0) FROM import_runs");
  }

  /** Lines that the last run to finish has read. */
  long linesOfLastRun() throws SQLException {
    return number(
        "SELECT lines_read FROM import_runs WHERE finished_at IS NOT NULL"
            + " ORDER BY finished_at DESC LIMIT 1");
  }

  /** Runs that have not ended. */
  long openRuns() {
    try {
      return number("SELECT COUNT(*) FROM import_runs WHERE finished_at IS NULL");
    } catch (SQLException noTablesYet) {
      return 0;
    }
  }

  /** Items of batches that were accepted since then, and when; of SQLite's tables only. */
  Map<String, Instant> submittedSince(Instant since) throws SQLException {
    Map<String, Instant> submitted = new LinkedHashMap<>();
    for (List<String> row :
        query(
            "SELECT source_uri, submitted_at FROM import_videos JOIN import_jobs USING (batch_id)"
                + " WHERE submitted_at >= '"
                + since
                + "'")) {
      submitted.put(row.get(0), Instant.parse(row.get(1)));
    }
    return submitted;
  }

  private Map<String, Long> counts(String sql) throws SQLException {
    Map<String, Long> counts = new LinkedHashMap<>();
    for (List<String> row : query(sql)) {
      counts.put(row.get(0), Long.valueOf(row.get(1)));
    }
    return counts;
  }

  private long number(String sql) throws SQLException {
    List<List<String>> rows = query(sql);
    return rows.isEmpty() ? -1 : Long.parseLong(rows.get(0).get(0));
  }

  private List<List<String>> query(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<List<String>> rows = new ArrayList<>();
      while (result.next()) {
        List<String> columns = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          columns.add(result.getString(i));
        }
        rows.add(columns);
      }
      return rows;
    }
  }
}
