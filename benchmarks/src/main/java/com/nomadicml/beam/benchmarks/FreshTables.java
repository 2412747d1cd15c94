package com.nomadicml.beam.benchmarks;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Hands out status tables that nobody has used yet: a SQLite file each in a directory, or a schema
 * each in a PostgreSQL database.
 *
 * @param url a {@code jdbc:postgresql:} URL; null for files
 */
record FreshTables(String url, Path directory) {

  Tables create(String name) throws SQLException {
    if (url == null) {
      return new Tables("jdbc:sqlite:" + directory.resolve(name + ".db"));
    }
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("DROP SCHEMA IF EXISTS " + name + " CASCADE");
      statement.execute("CREATE SCHEMA " + name);
    }
    return new Tables(url + (url.contains("?") ? "&" : "?") + "currentSchema=" + name);
  }
}
