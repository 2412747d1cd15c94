package com.nomadicml.beam.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteErrorCode;

/** A database that is locked, away or full, with hours that pass at once. */
final class JdbcRetryTest {
  private static final Instant START = Instant.parse("2026-11-24T10:00:00Z");

  @TempDir private Path directory;
  private final List<String> said = new ArrayList<>();
  private final Logger logger = Logger.getLogger(StoreWait.class.getName());
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord entry) {
          said.add(new SimpleFormatter().formatMessage(entry));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };
  private Instant now = START;

  private final Clock clock =
      new Clock() {
        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }

        @Override
        public Instant instant() {
          return now;
        }
      };

  @BeforeEach
  void listen() {
    logger.setLevel(Level.WARNING);
    logger.addHandler(handler);
  }

  @AfterEach
  void stop() {
    logger.removeHandler(handler);
    logger.setLevel(null);
  }

  private JdbcDatabase database(Duration patience) {
    return JdbcDatabase.at(
        "jdbc:sqlite:" + directory.resolve("status.db"), StoreAccess.waiting(patience));
  }

  private JdbcRetry retry(JdbcDatabase database) {
    return new JdbcRetry(database, clock, pause -> now = now.plus(pause));
  }

  private static SQLException error(SQLiteErrorCode code) {
    return new SQLException("[" + code + "]", null, code.code);
  }

  @Test
  void aLockIsSaidAtOnceAndEveryTenSecondsUntilItIsGone() {
    String result =
        retry(database(Duration.ofHours(2)))
            .run(
                "write rows",
                () -> {
                  if (now.isBefore(START.plusSeconds(35))) {
                    throw error(SQLiteErrorCode.SQLITE_BUSY);
                  }
                  return "written";
                });

    assertThat(result).isEqualTo("written");
    assertThat(said).hasSize(4);
    assertThat(said.get(0))
        .contains("status.db", "another program holds the file locked", "PT2H", "--patience");
    assertThat(said.get(3)).contains("PT1H59M30S");
  }

  @Test
  void patienceEndsAfterAnHourAndForAllWhoTryThen() {
    JdbcRetry retry = retry(database(Duration.ofHours(1)));
    JdbcRetry.Action<Void> locked =
        () -> {
          throw error(SQLiteErrorCode.SQLITE_BUSY);
        };

    assertThatThrownBy(() -> retry.run("write rows", locked))
        .isInstanceOf(StatusStoreException.class)
        .hasMessageContaining("could not write rows at jdbc:sqlite:")
        .hasMessageContaining("another program holds the file locked")
        .hasMessageContaining("--patience=PT1H");
    assertThat(now).isEqualTo(START.plusSeconds(3600));

    assertThatThrownBy(() -> retry.run("end the run", locked))
        .isInstanceOf(StatusStoreException.class);
    assertThat(now).isEqualTo(START.plusSeconds(3600));
  }

  @Test
  void anOutageThatIsOverCountsNoMore() {
    JdbcRetry retry = retry(database(Duration.ofSeconds(30)));
    for (int round = 0; round < 4; round++) {
      AtomicInteger tries = new AtomicInteger();
      retry.run(
          "write rows",
          () -> {
            if (tries.incrementAndGet() < 8) {
              throw error(SQLiteErrorCode.SQLITE_BUSY);
            }
            return null;
          });
    }

    assertThat(now).isAfter(START.plusSeconds(30));
  }

  @Test
  void whatNoWaitingMendsEndsAtOnceWithThePath() {
    for (SQLiteErrorCode code :
        List.of(SQLiteErrorCode.SQLITE_FULL, SQLiteErrorCode.SQLITE_IOERR_WRITE)) {
      assertThatThrownBy(
              () ->
                  retry(database(Duration.ofHours(2)))
                      .run(
                          "write rows",
                          () -> {
                            throw new SQLException("a pool's", error(code));
                          }))
          .isInstanceOf(StatusStoreException.class)
          .hasMessageContaining(directory.resolve("status.db").toString())
          .hasMessageContaining("its disk");
    }
    assertThat(now).isEqualTo(START);
    assertThat(said).isEmpty();
  }

  @Test
  void aServerThatNeverAnsweredIsGivenUpSoonAndOneThatDidIsWaitedFor() {
    JdbcDatabase database =
        JdbcDatabase.at("jdbc:postgresql://db1.invalid/fleet", StoreAccess.DEFAULT);
    JdbcRetry.Action<String> away =
        () -> {
          throw new SQLException("Connection to db1.invalid:5432 refused.", "08001");
        };

    assertThatThrownBy(() -> retry(database).run("read the runs", away))
        .isInstanceOf(UnreachableStoreException.class)
        .hasMessageContaining("can't reach jdbc:postgresql://db1.invalid/fleet")
        .hasMessageContaining("check its host and port");
    assertThat(now).isEqualTo(START.plusSeconds(3));

    retry(database).run("read the runs", () -> "read");
    assertThatThrownBy(() -> retry(database).run("read the runs", away))
        .hasMessageContaining("--patience=PT2H");
    assertThat(now).isEqualTo(START.plusSeconds(3).plus(Duration.ofHours(2)));
  }

  @Test
  void aFullDiskOfTheServerEndsAtOnceToo() {
    JdbcDatabase database =
        JdbcDatabase.at("jdbc:postgresql://db.invalid/fleet", StoreAccess.DEFAULT);

    assertThatThrownBy(
            () ->
                retry(database)
                    .run(
                        "write rows",
                        () -> {
                          throw new SQLException("could not extend file", "53100");
                        }))
        .hasMessageContaining("jdbc:postgresql://db.invalid/fleet")
        .hasMessageContaining("disk of the server is full");
    assertThat(now).isEqualTo(START);
  }

  @Test
  void aFileThatAnotherProgramHoldsIsWaitedForAndNothingIsLost() throws Exception {
    JdbcDatabase database = database(Duration.ofHours(2));
    StatusStore store = new JdbcStatusStore(database);
    store.createTables();
    String url = database.url();
    Connection holder = DriverManager.getConnection(url);
    try (Statement statement = holder.createStatement()) {
      statement.execute("BEGIN EXCLUSIVE");
      retryUntilReleased(database, holder);
    }

    assertThat(said).hasSize(1);
    assertThat(said.get(0)).contains("another program holds the file locked");
    assertThat(store.run("r1")).isPresent();
  }

  /** The lock is let go while the writer pauses, and not by time. */
  private void retryUntilReleased(JdbcDatabase database, Connection holder) {
    JdbcTransaction.Write write =
        new JdbcUpsert<>(database, RunTable.RUNS).of(List.of(StatusRows.run("r1", START, 1)));
    new JdbcRetry(
            database,
            clock,
            pause -> {
              try {
                holder.close();
              } catch (SQLException e) {
                throw new AssertionError(e);
              }
            })
        .run(
            "write a run",
            () -> {
              try (Connection connection = database.borrow()) {
                connection.setAutoCommit(false);
                write.to(connection);
                connection.commit();
              }
              return null;
            });
  }
}
