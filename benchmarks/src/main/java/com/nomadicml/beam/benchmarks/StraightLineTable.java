package com.nomadicml.beam.benchmarks;

import com.nomadicml.beam.benchmarks.StraightLineApi.Video;
import com.nomadicml.beam.benchmarks.StraightLineImport.Line;
import com.nomadicml.beam.benchmarks.StraightLineImport.Target;
import com.nomadicml.beam.status.StatusStore;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/** {@code import_videos} with its indexes, written to in plain JDBC: a transaction a batch. */
final class StraightLineTable implements AutoCloseable {
  private static final String DESTINATION = "user/";
  private static final String RUN = "straight-line";
  private static final String UPSERT =
      """
      INSERT INTO import_videos (destination, source_uri, provider, bucket, manifest, line, run_id,
        batch_id, import_job_id, video_id, state, api_status, attempt, sequence, updated_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (destination, source_uri) DO UPDATE SET import_job_id = excluded.import_job_id,
        video_id = excluded.video_id, state = excluded.state, api_status = excluded.api_status,
        sequence = excluded.sequence, updated_at = excluded.updated_at
      WHERE excluded.sequence > import_videos.sequence
      """;

  private final Connection connection;
  private final PreparedStatement upsert;
  private final String manifest;
  private final boolean hasTimes;

  private StraightLineTable(Connection connection, String manifest, boolean hasTimes)
      throws SQLException {
    this.connection = connection;
    this.manifest = manifest;
    this.hasTimes = hasTimes;
    upsert = connection.prepareStatement(UPSERT);
  }

  static StraightLineTable open(String url, String manifest) throws SQLException {
    StatusStore.at(url).createTables();
    boolean sqlite = url.startsWith("jdbc:sqlite:");
    Connection connection =
        DriverManager.getConnection(sqlite ? url : url + "&reWriteBatchedInserts=true");
    if (sqlite) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("PRAGMA journal_mode = WAL");
      }
    }
    connection.setAutoCommit(false);
    return new StraightLineTable(connection, manifest, !sqlite);
  }

  /** Writes what became of a batch. */
  void upsert(Target target, String job, List<Line> batch, Map<String, Video> videos, Instant at)
      throws SQLException {
    for (Line line : batch) {
      Video video = videos.get(line.uri());
      upsert.setString(1, DESTINATION);
      upsert.setString(2, line.uri());
      upsert.setString(3, target.provider().column());
      upsert.setString(4, target.bucket());
      upsert.setString(5, manifest);
      upsert.setLong(6, line.number());
      upsert.setString(7, RUN);
      upsert.setString(8, job);
      upsert.setString(9, job);
      upsert.setString(10, video.id());
      upsert.setString(11, video.status());
      upsert.setString(12, video.status());
      upsert.setInt(13, 1);
      upsert.setLong(14, at.toEpochMilli());
      upsert.setObject(15, time(at));
      upsert.addBatch();
    }
    upsert.executeBatch();
    connection.commit();
  }

  private Object time(Instant at) {
    return hasTimes ? OffsetDateTime.ofInstant(at, ZoneOffset.UTC) : at.toString();
  }

  @Override
  public void close() throws SQLException {
    upsert.close();
    connection.close();
  }
}
