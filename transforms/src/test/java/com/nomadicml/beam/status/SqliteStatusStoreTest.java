package com.nomadicml.beam.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SqliteStatusStoreTest extends StatusStoreContract {
  @TempDir Path directory;

  @Override
  StatusStore freshStore() {
    return StatusStore.at(url());
  }

  @Override
  public void execute(String sql) throws Exception {
    try (Connection connection = DriverManager.getConnection(url())) {
      connection.createStatement().execute(sql);
    }
  }

  @Test
  void storesTimesAsReadableText() throws Exception {
    store.recordRun(StatusRows.run("r1", StatusRows.AT, 1));

    try (Connection connection = DriverManager.getConnection(url());
        ResultSet row =
            connection.createStatement().executeQuery("SELECT started_at FROM import_runs")) {
      assertThat(row.getString(1)).isEqualTo("2026-11-24T10:00:00.123Z");
    }
  }

  @Test
  void whatFailedAndWhatABatchHasIsFoundByIndex() throws Exception {
    assertThat(planOf("SELECT bucket FROM import_videos WHERE error_code IS NOT NULL"))
        .contains("import_videos_by_error_code");
    assertThat(planOf("SELECT bucket FROM import_videos WHERE error_code = 'NOT_FOUND'"))
        .contains("import_videos_by_error_code");
    assertThat(planOf("UPDATE import_videos SET attempt = 2 WHERE batch_id = 'b1'"))
        .contains("import_videos_by_batch_id");
  }

  private String planOf(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url());
        ResultSet plan = connection.createStatement().executeQuery("EXPLAIN QUERY PLAN " + sql)) {
      return plan.getString("detail");
    }
  }

  @Test
  void theFileAloneHoldsAllOnceTheRunHasEnded() throws Exception {
    RunStatus ended =
        StatusRows.run("r1", StatusRows.AT, 1).toBuilder().setState(RunState.COMPLETED).build();
    store.recordRun(ended);

    Files.copy(directory.resolve("status.db"), directory.resolve("copy.db"));

    assertThat(StatusStore.at("jdbc:sqlite:" + directory.resolve("copy.db")).lastRun())
        .contains(ended);
  }

  @Test
  void aCreationThatIsCutOffLeavesNothing() throws Exception {
    String url = "jdbc:sqlite:" + directory.resolve("half.db");
    try (Connection connection = DriverManager.getConnection(url)) {
      // A view can have no index, though the table before it is created.
      connection.createStatement().execute("CREATE VIEW import_jobs AS SELECT 1 AS batch_id");
    }
    StatusStore half = StatusStore.at(url);

    assertThatThrownBy(half::createTables).isInstanceOf(StatusStoreException.class);

    assertThat(half.hasTables()).isFalse();
  }

  @Test
  void aWriterThatWaitsComesBeforeOneThatWritesAgain() throws Exception {
    JdbcDatabase database = JdbcDatabase.at(url(), StoreAccess.DEFAULT);
    List<String> writers = Collections.synchronizedList(new ArrayList<>());
    Connection first = database.borrow();
    Thread waiting =
        new Thread(
            () -> {
              try (Connection connection = database.borrow()) {
                writers.add("waiting");
              } catch (SQLException e) {
                writers.add(e.getMessage());
              }
            });
    waiting.start();
    while (waiting.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }

    first.close();
    try (Connection again = database.borrow()) {
      writers.add("again");
    }
    waiting.join();

    assertThat(writers).containsExactly("waiting", "again");
  }

  @Test
  void theFileIsForItsUserAlone() throws Exception {
    Path file = directory.resolve("private.db");
    StatusStore mine = StatusStore.at("jdbc:sqlite:" + file);
    mine.createTables();
    JdbcDatabase database = JdbcDatabase.at("jdbc:sqlite:" + file, StoreAccess.DEFAULT);
    try (Connection connection = database.borrow()) {
      connection
          .createStatement()
          .execute(
              "INSERT INTO import_runs (run_id, manifest, options, state, started_at, requests)"
                  + " SELECT 'r', 'm', '{}', 'RUNNING', '', 0 WHERE 1 = 0");
      for (String suffix : List.of("", "-wal", "-shm")) {
        Path part = Path.of(file + suffix);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(part)))
            .as(part.toString())
            .isEqualTo("rw-------");
      }
    }
  }

  @Test
  void aFileThatIsThereKeepsItsMode() throws Exception {
    Path file = Files.createFile(directory.resolve("shared.db"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));

    StatusStore.at("jdbc:sqlite:" + file).createTables();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-rw-r--");
  }

  private String url() {
    return "jdbc:sqlite:" + directory.resolve("status.db");
  }
}
