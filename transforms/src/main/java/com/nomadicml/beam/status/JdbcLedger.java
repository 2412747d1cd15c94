package com.nomadicml.beam.status;

import com.google.common.collect.Iterables;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.VideoStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;

/** What planning reads of SQLite or PostgreSQL. */
record JdbcLedger(JdbcDatabase database) implements LedgerByKey {
  /** Of one statement: the SQLite that its driver brings takes 32,766 parameters and more. */
  private static final int KEYS_A_QUERY = 1_000;

  /** Read one after the other, four rows cost about as much as one that is looked up. */
  private static final long ROWS_A_LOOK_UP = 4;

  /** So few are read at once, whatever a manifest names. */
  private static final long FEW_ROWS = 1_000;

  private static final String OF_DESTINATION = "scope || '/' || COALESCE(folder, '') = ?";

  private static final String OPEN =
      OF_DESTINATION
          + " AND (run_id = ? OR batch_id IN (SELECT batch_id FROM import_videos"
          + " WHERE destination = ? AND state IN "
          + JdbcLaneRead.OPEN
          + "))";

  /** All rows of some destinations but the {@code REJECTED} ones. */
  PTransform<PCollection<String>, PCollection<VideoStatus>> readAll() {
    return new JdbcReadRanges(database, JdbcReadRanges.ROWS);
  }

  PTransform<PCollection<String>, PCollection<JobStatus>> readJobs() {
    return read(
        JobTable.JOBS,
        "SELECT * FROM import_jobs WHERE " + OF_DESTINATION,
        destination -> List.of(StorableText.of(destination)));
  }

  @Override
  public PTransform<PCollection<String>, PCollection<VideoStatus>> readOpenVideos(String runId) {
    // By their batch, so that no more rows are visited than are read.
    return read(
        VideoTable.VIDEOS,
        "SELECT * FROM import_videos WHERE batch_id IN (SELECT batch_id FROM import_jobs WHERE "
            + OPEN
            + ")",
        destination -> open(destination, runId));
  }

  @Override
  public PTransform<PCollection<String>, PCollection<JobStatus>> readOpenJobs(String runId) {
    return read(
        JobTable.JOBS,
        "SELECT * FROM import_jobs WHERE " + OPEN,
        destination -> open(destination, runId));
  }

  private static List<String> open(String destination, String runId) {
    return List.of(StorableText.of(destination), runId, StorableText.key(destination));
  }

  private <T> PTransform<PCollection<String>, PCollection<T>> read(
      StatusTable<T> table, String sql, SerializableFunction<String, List<String>> parameters) {
    return new JdbcRead<>(new JdbcQuery(database, sql), table, parameters);
  }

  @Override
  public boolean isCheaper(String destination, long items) {
    long most = Math.max(FEW_ROWS, items * ROWS_A_LOOK_UP);
    String sql =
        "SELECT COUNT(*) AS found FROM (SELECT 1 FROM import_videos WHERE destination = ? LIMIT "
            + (most + 1)
            + ") AS few";
    return new JdbcQuery(database, sql)
            .list(row -> row.getLong("found"), List.of(StorableText.key(destination)))
            .get(0)
        > most;
  }

  @Override
  public List<VideoStatus> videos(String destination, Collection<String> sourceUris) {
    List<VideoStatus> rows = new ArrayList<>();
    for (List<String> keys : Iterables.partition(sourceUris, KEYS_A_QUERY)) {
      List<String> parameters = new ArrayList<>();
      parameters.add(StorableText.key(destination));
      keys.forEach(uri -> parameters.add(StorableText.key(uri)));
      rows.addAll(
          list(
              VideoTable.VIDEOS,
              "SELECT * FROM import_videos WHERE destination = ? AND source_uri IN " + in(keys),
              parameters));
    }
    return rows;
  }

  /** The batches that are there, in any order. */
  List<JobStatus> jobs(Collection<String> batchIds) {
    List<JobStatus> jobs = new ArrayList<>();
    for (List<String> ids : Iterables.partition(batchIds, KEYS_A_QUERY)) {
      jobs.addAll(
          list(JobTable.JOBS, "SELECT * FROM import_jobs WHERE batch_id IN " + in(ids), ids));
    }
    return jobs;
  }

  private <T> List<T> list(StatusTable<T> table, String sql, List<String> parameters) {
    return new JdbcQuery(database, sql).list(database.dialect().rows(table), parameters);
  }

  private static String in(List<String> keys) {
    return "(" + String.join(", ", Collections.nCopies(keys.size(), "?")) + ")";
  }
}
