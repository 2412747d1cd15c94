package com.nomadicml.beam.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Hands out status tables that nobody has used yet: a SQLite file each in a directory, or a schema
 * each in a PostgreSQL database.
 *
 * @param url a {@code jdbc:postgresql:} URL; null for files
 */
record FreshTables(String url, Path directory) {
  static final String SQLITE = "SQLite";
  static final String POSTGRESQL = "PostgreSQL";

  /** {@link #SQLITE} or {@link #POSTGRESQL}. */
  String kind() {
    return url == null ? SQLITE : POSTGRESQL;
  }

  Tables create(String name) throws SQLException {
    if (url == null) {
      return new Tables("jdbc:sqlite:" + file(name));
    }
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("DROP SCHEMA IF EXISTS " + name + " CASCADE");
      statement.execute("CREATE SCHEMA " + name);
    }
    return new Tables(url + (url.contains("?") ? "&" : "?") + "currentSchema=" + name);
  }

  /** Frees the space of tables that nobody needs any more. */
  void drop(String name) throws IOException, SQLException {
    if (url == null) {
      for (String suffix : List.of("", "-wal", "-shm")) {
        Files.deleteIfExists(Path.of(file(name) + suffix));
      }
      return;
    }
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("DROP SCHEMA IF EXISTS " + name + " CASCADE");
    }
  }

  private Path file(String name) {
    return directory.resolve(name + ".db");
  }
}
