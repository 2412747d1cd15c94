package com.nomadicml.beam.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nomadicml.beam.api.ApiKeySource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PostgresStatusStoreTest extends StatusStoreContract {
  private static EmbeddedPostgres postgres;

  @BeforeAll
  static void start() throws IOException {
    postgres = EmbeddedPostgres.start();
  }

  @AfterAll
  static void stop() throws IOException {
    postgres.close();
  }

  @Override
  StatusStore freshStore() throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    }
    return StatusStore.at(postgres.getJdbcUrl("postgres", "postgres") + "&password=hunter2");
  }

  @Override
  public void execute(String sql) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void storesTimesAsTimestamps() throws SQLException {
    store.recordRun(StatusRows.run("r1", StatusRows.AT, 1));

    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        ResultSet row =
            connection.createStatement().executeQuery("SELECT started_at FROM import_runs")) {
      row.next();
      assertThat(row.getObject(1, OffsetDateTime.class).toInstant()).isEqualTo(StatusRows.AT);
    }
  }

  @Test
  void indexesAreOnWhatARowKeepsAndPagesHaveRoomForItsNextVersion() throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      assertThat(
              texts(
                  statement.executeQuery(
                      "SELECT indexdef FROM pg_indexes WHERE tablename = 'import_videos'")))
          .hasSize(3)
          .anySatisfy(index -> assertThat(index).endsWith("(destination, source_uri)"))
          .anySatisfy(index -> assertThat(index).endsWith("(batch_id)"))
          .anySatisfy(
              index -> assertThat(index).endsWith("(error_code) WHERE (error_code IS NOT NULL)"));
      assertThat(
              texts(
                  statement.executeQuery(
                      "SELECT unnest(reloptions) FROM pg_class WHERE relname = 'import_videos'")))
          .containsExactly("fillfactor=40");
    }
  }

  private static List<String> texts(ResultSet rows) throws SQLException {
    List<String> texts = new ArrayList<>();
    while (rows.next()) {
      texts.add(rows.getString(1));
    }
    return texts;
  }

  @Test
  void tablesOfAnotherSchemaAreNotItsOwn() throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE SCHEMA IF NOT EXISTS other");
    }
    StatusStore other =
        StatusStore.at(postgres.getJdbcUrl("postgres", "postgres") + "&currentSchema=other");

    assertThat(store.hasTables()).isTrue();
    assertThat(other.hasTables()).isFalse();
  }

  /** What is prepared by name is not found behind a pooler that gives each transaction another. */
  @Test
  void noStatementIsKeptByTheServer() throws SQLException {
    JdbcDatabase database =
        JdbcDatabase.at(postgres.getJdbcUrl("postgres", "postgres"), StoreAccess.DEFAULT);
    try (Connection connection = database.borrow()) {
      for (int i = 0; i < 30; i++) {
        new JdbcUpsert<>(database, RunTable.RUNS)
            .of(List.of(StatusRows.run("r" + i, StatusRows.AT, 1)))
            .to(connection);
      }
      assertThat(
              texts(
                  connection
                      .createStatement()
                      .executeQuery("SELECT statement FROM pg_prepared_statements")))
          .isEmpty();
    }
  }

  @Test
  void aUserWhoMayOnlyReadReads() throws SQLException {
    store.recordRun(StatusRows.run("r1", StatusRows.AT, 1));
    execute(
        "DROP ROLE IF EXISTS reader; CREATE ROLE reader LOGIN;"
            + " GRANT USAGE ON SCHEMA public TO reader;"
            + " GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader");
    StatusStore reader = StatusStore.at(postgres.getJdbcUrl("reader", "postgres"));

    assertThat(reader.hasTables()).isTrue();
    assertThat(reader.run("r1")).isPresent();
    assertThat(reader.report().byState()).isEmpty();
    assertThatThrownBy(() -> reader.recordRun(StatusRows.run("r2", StatusRows.AT, 1)))
        .isInstanceOf(StatusStoreException.class)
        .hasMessageContaining("its user may not do that");
    execute("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM reader");
    execute("REVOKE ALL ON SCHEMA public FROM reader");
  }

  @Test
  void thePasswordMayBeInAFileOfItsOwn(@TempDir Path directory) throws Exception {
    execute("DROP ROLE IF EXISTS locked; CREATE ROLE locked LOGIN PASSWORD 'two words;&'");
    Path file = Files.writeString(directory.resolve("password"), "two words;&\n");
    StatusStore locked =
        StatusStore.at(
            postgres.getJdbcUrl("locked", "postgres"),
            new StoreAccess(
                Duration.ofMinutes(1),
                ApiKeySource.parsePassword("--statusTableSecret", "file:" + file)));

    assertThat(locked.hasTables()).isTrue();
    assertThat(locked.toString()).doesNotContain("two words");
  }

  @Test
  void describesItselfWithoutThePassword() {
    assertThat(store.describe()).contains("jdbc:postgresql://").doesNotContain("hunter2");
    assertThat(store.toString()).doesNotContain("hunter2");
  }
}
