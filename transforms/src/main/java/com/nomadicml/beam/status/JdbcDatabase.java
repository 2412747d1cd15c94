package com.nomadicml.beam.status;

import com.nomadicml.beam.api.ApiKeySource;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.dbcp2.BasicDataSource;
import org.apache.commons.dbcp2.PoolableConnection;
import org.apache.commons.dbcp2.PoolableConnectionFactory;
import org.apache.commons.pool2.impl.AbandonedConfig;
import org.apache.commons.pool2.impl.GenericObjectPool;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import org.postgresql.PGProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.TransactionMode;

/**
 * How a database is reached: writers borrow connections from a pool, a reader has its own.
 *
 * <p>Readers stay out of the pool because a reader's output may be fused with a writer: if all
 * pooled connections were held by readers, the writers they wait for would never get one.
 */
record JdbcDatabase(JdbcDialect dialect, String url, StoreAccess access) implements Serializable {
  private static final Logger LOG = LoggerFactory.getLogger(JdbcDatabase.class);
  private static final int POOL_SIZE = 8;

  /**
   * SQLite has one writer at a time. One that waits for its turn here does not have to ask again
   * and again for the lock, and keeps the pages that it has read.
   */
  private static final int SQLITE_POOL_SIZE = 1;

  /** Of a reader, in KiB as it is negative; SQLite's own is 2 MiB. */
  private static final int SQLITE_CACHE = -64 * 1_024;

  /**
   * For the one that writes: a cache for the indexes of some million rows, and a page that is
   * written again and again goes to the file once in 32 MiB, not once in 4.
   */
  private static final List<String> SQLITE_WRITER =
      List.of("PRAGMA cache_size = -262144", "PRAGMA wal_autocheckpoint = 8192");

  private static final int CONNECT_SECONDS = 3;

  private static final Duration IDLE = Duration.ofMinutes(1);

  /** Other runs' writes take less; longer waits are {@link JdbcRetry}'s, which says so. */
  private static final Duration SQLITE_BUSY_TIMEOUT = Duration.ofSeconds(1);

  /**
   * One pool a database and JVM, as threads of a worker come and go with their bundles; until the
   * run ends that this process has launched.
   */
  private static final Map<String, BasicDataSource> POOLS = new ConcurrentHashMap<>();

  /** Of this process, as a secret manager is not asked for every read; until its run ends. */
  private static final Map<ApiKeySource, String> PASSWORDS = new ConcurrentHashMap<>();

  /**
   * @throws IllegalArgumentException without a password in it, if the URL can't be used
   */
  static JdbcDatabase at(String url, StoreAccess access) {
    if (url.startsWith("jdbc:sqlite:")) {
      String file = url.substring("jdbc:sqlite:".length());
      if (file.isBlank() || file.startsWith("?") || file.contains(":memory:")) {
        throw new IllegalArgumentException(
            "status table "
                + MaskedUrl.of(url)
                + " names no file, and memory does not outlive the run");
      }
      if (access.password() != null) {
        throw new IllegalArgumentException(
            "SQLite has no password: leave --statusTableSecret away, or name tables in PostgreSQL");
      }
      if (MaskedUrl.hidesPath(url)) {
        throw new IllegalArgumentException(
            "status table jdbc:sqlite:*** can't be used: its path seems to hold a user, a password"
                + " or parameters. SQLite has neither users nor passwords, and its parameters"
                + " follow a ?; if it is a file's name, name another");
      }
      JdbcDatabase database = new JdbcDatabase(JdbcDialect.SQLITE, url, access);
      database.file().checkPlace();
      SqliteFile.loadDriver();
      database.file().checkReadable();
      return database;
    }
    if (url.startsWith("jdbc:postgresql:")) {
      // The driver complains in words of its own, which may hold a password, into the log.
      if (!MaskedUrl.namesHosts(url) || org.postgresql.Driver.parseURL(url, null) == null) {
        throw new IllegalArgumentException(
            "status table "
                + MaskedUrl.of(url)
                + " is no valid URL of PostgreSQL: it is"
                + " jdbc:postgresql://HOST:PORT/DATABASE?user=NAME&password=WORD, with the"
                + " password's special characters as %XX");
      }
      if (access.password() != null && url.matches("(?s).*[?&]password=.*")) {
        throw new IllegalArgumentException(
            "the password of the status table is given twice: by --statusTableSecret and in the"
                + " URL; take it out of the URL");
      }
      return new JdbcDatabase(JdbcDialect.POSTGRESQL, url, access);
    }
    throw new IllegalArgumentException(
        "status table " + MaskedUrl.of(url) + " is neither jdbc:sqlite: nor jdbc:postgresql:");
  }

  /**
   * @throws IllegalArgumentException if it is a SQLite file that can't be written
   */
  void checkWritable() {
    if (dialect == JdbcDialect.SQLITE) {
      file().checkWritable();
    }
  }

  /** False for a SQLite file that is not there, which connecting would create. */
  boolean mayExist() {
    return dialect != JdbcDialect.SQLITE || Files.exists(file().path());
  }

  /** The file of a SQLite database. */
  private SqliteFile file() {
    String file = url.substring(url.indexOf(':', "jdbc:".length()) + 1);
    return new SqliteFile(Path.of(file.replaceFirst("^file:", "").replaceFirst("\\?.*", "")));
  }

  /** A pooled connection, for a short time. */
  Connection borrow() throws SQLException {
    while (true) {
      BasicDataSource pool = POOLS.computeIfAbsent(url, key -> pool());
      try {
        return pool.getConnection();
      } catch (SQLException e) {
        if (!pool.isClosed()) {
          throw e;
        }
        // Another run of this process has ended and let go of it.
      }
    }
  }

  /**
   * Closes what this process keeps open of the database, and forgets its password. What is borrowed
   * is closed when it is given back.
   */
  void letGo() {
    try (BasicDataSource pool = POOLS.remove(url)) {
      LOG.debug("Connections to {} are closed: {}", this, pool != null);
    } catch (SQLException e) {
      LOG.debug("Connections to {} are gone already", this, e);
    }
    if (access.password() != null) {
      PASSWORDS.remove(access.password());
    }
  }

  /** A connection of one's own, for as long as a read takes. */
  Connection open() throws SQLException {
    return switch (dialect) {
      case SQLITE -> openFile();
      case POSTGRESQL -> new org.postgresql.Driver().connect(url, properties());
    };
  }

  /** For a read that asks for no other connection meanwhile. */
  Connection openBriefly() throws SQLException {
    return switch (dialect) {
      // Its pool is the one that writes, and may.
      case SQLITE -> openFile();
      // To connect costs more than to read.
      case POSTGRESQL -> borrow();
    };
  }

  private Connection openFile() throws SQLException {
    SqliteFile file = file();
    if (file.isReadOnly()) {
      SQLiteConfig config = new SQLiteConfig();
      config.setReadOnly(true);
      config.setBusyTimeout((int) SQLITE_BUSY_TIMEOUT.toMillis());
      return new org.sqlite.JDBC().connect(file.readOnlyUrl(), config.toProperties());
    }
    file.createPrivately();
    return new org.sqlite.JDBC().connect(url, properties());
  }

  Duration patience() {
    return access.patience();
  }

  /** How many of one process can write side by side. */
  int writers() {
    return dialect == JdbcDialect.SQLITE ? SQLITE_POOL_SIZE : POOL_SIZE;
  }

  @Override
  public String toString() {
    return MaskedUrl.of(url);
  }

  private BasicDataSource pool() {
    BasicDataSource pool = new FairPool();
    pool.setDriver(
        switch (dialect) {
          case SQLITE -> new org.sqlite.JDBC();
          case POSTGRESQL -> new org.postgresql.Driver();
        });
    pool.setUrl(url);
    properties()
        .forEach((name, value) -> pool.addConnectionProperty((String) name, (String) value));
    if (dialect == JdbcDialect.SQLITE) {
      file().createPrivately();
      pool.setConnectionInitSqls(SQLITE_WRITER);
    }
    pool.setMaxTotal(writers());
    pool.setMinIdle(0);
    pool.setTimeBetweenEvictionRunsMillis(IDLE.toMillis());
    pool.setMinEvictableIdleTimeMillis(IDLE.toMillis());
    return pool;
  }

  /** Settings of the connection; those in the URL win. */
  private Properties properties() {
    return switch (dialect) {
      case SQLITE -> sqliteProperties();
      case POSTGRESQL -> postgresProperties();
    };
  }

  private static Properties sqliteProperties() {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(JournalMode.WAL);
    config.setBusyTimeout((int) SQLITE_BUSY_TIMEOUT.toMillis());
    config.setCacheSize(SQLITE_CACHE);
    // A transaction that starts to read and then writes cannot wait for the lock: take it first.
    config.setTransactionMode(TransactionMode.IMMEDIATE);
    return config.toProperties();
  }

  private Properties postgresProperties() {
    Properties properties = new Properties();
    PGProperty.REWRITE_BATCHED_INSERTS.set(properties, true);
    PGProperty.APPLICATION_NAME.set(properties, "nomadic-import");
    PGProperty.TCP_KEEP_ALIVE.set(properties, true);
    // A host that swallows what is sent to it is told as soon as one that refuses it.
    PGProperty.CONNECT_TIMEOUT.set(properties, CONNECT_SECONDS);
    // A statement that is prepared by name stays with one connection of the server, and a pooler
    // such as PgBouncer gives each transaction another.
    PGProperty.PREPARE_THRESHOLD.set(properties, 0);
    if (access.password() != null) {
      PGProperty.PASSWORD.set(
          properties, PASSWORDS.computeIfAbsent(access.password(), ApiKeySource::readPassword));
    }
    return properties;
  }

  /**
   * Who waits longest is next, so that a write of many transactions keeps neither another nor the
   * renewal of a lease waiting for its end.
   */
  private static final class FairPool extends BasicDataSource {
    @Override
    protected GenericObjectPool<PoolableConnection> createObjectPool(
        PoolableConnectionFactory factory,
        GenericObjectPoolConfig<PoolableConnection> config,
        AbandonedConfig abandoned) {
      config.setFairness(true);
      return super.createObjectPool(factory, config, abandoned);
    }
  }
}
