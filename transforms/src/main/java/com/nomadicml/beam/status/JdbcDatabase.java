package com.nomadicml.beam.status;

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
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.TransactionMode;

/**
 * How a database is reached: writers borrow connections from a pool, a reader has its own.
 *
 * <p>Readers stay out of the pool because a reader's output may be fused with a writer: if all
 * pooled connections were held by readers, the writers they wait for would never get one.
 */
record JdbcDatabase(JdbcDialect dialect, String url) implements Serializable {
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

  private static final Duration IDLE = Duration.ofMinutes(1);
  private static final Duration SQLITE_BUSY_TIMEOUT = Duration.ofMinutes(1);

  /** One pool a database and JVM, as threads of a worker come and go with their bundles. */
  private static final Map<String, BasicDataSource> POOLS = new ConcurrentHashMap<>();

  static JdbcDatabase at(String url) {
    if (url.startsWith("jdbc:sqlite:")) {
      String file = url.substring("jdbc:sqlite:".length());
      if (file.isBlank() || file.startsWith("?") || file.contains(":memory:")) {
        throw new IllegalArgumentException(
            "status table " + url + " names no file, and memory does not outlive the run");
      }
      JdbcDatabase database = new JdbcDatabase(JdbcDialect.SQLITE, url);
      SqliteFile.check(database.file());
      return database;
    }
    if (url.startsWith("jdbc:postgresql:")) {
      if (org.postgresql.Driver.parseURL(url, null) == null) {
        throw new IllegalArgumentException(
            "status table " + MaskedUrl.of(url) + " is no valid URL of PostgreSQL");
      }
      return new JdbcDatabase(JdbcDialect.POSTGRESQL, url);
    }
    throw new IllegalArgumentException(
        "status table " + MaskedUrl.of(url) + " is neither jdbc:sqlite: nor jdbc:postgresql:");
  }

  /** False for a SQLite file that is not there, which connecting would create. */
  boolean mayExist() {
    return dialect != JdbcDialect.SQLITE || Files.exists(file());
  }

  /** The file of a SQLite database. */
  private Path file() {
    String file = url.substring(url.indexOf(':', "jdbc:".length()) + 1);
    return Path.of(file.replaceFirst("^file:", "").replaceFirst("\\?.*", ""));
  }

  /** A pooled connection, for a short time. */
  Connection borrow() throws SQLException {
    return POOLS.computeIfAbsent(url, key -> pool()).getConnection();
  }

  /** A connection of one's own, for as long as a read takes. */
  Connection open() throws SQLException {
    return switch (dialect) {
      case SQLITE -> new org.sqlite.JDBC().connect(url, properties());
      case POSTGRESQL -> new org.postgresql.Driver().connect(url, properties());
    };
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

  private static Properties postgresProperties() {
    Properties properties = new Properties();
    PGProperty.REWRITE_BATCHED_INSERTS.set(properties, true);
    PGProperty.APPLICATION_NAME.set(properties, "nomadic-import");
    PGProperty.TCP_KEEP_ALIVE.set(properties, true);
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
