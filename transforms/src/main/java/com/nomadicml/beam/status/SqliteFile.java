package com.nomadicml.beam.status;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteJDBCLoader;

/** The file of a SQLite database: whether it can be one, said before anything is sent. */
record SqliteFile(Path path) {
  /** Read only, and without a lock: it is only looked at. */
  private static final String AS_IT_IS = "?immutable=1";

  /**
   * Checks that it can be a database's file.
   *
   * @throws IllegalArgumentException that names the file and the next step
   */
  void checkPlace() {
    if (!Files.isDirectory(directory())) {
      throw wrong("its directory does not exist: create it, or name another file");
    }
    if (Files.isDirectory(path)) {
      throw wrong("it is a directory: name a file in it, as in " + path.resolve("status.db"));
    }
  }

  /**
   * Checks that it is a database that can be read, if it is there. SQLite itself looks: a process
   * that closes such a file on its own drops all locks that it has on it, and another would then
   * take SQLite's log away (SQLite, "How To Corrupt An SQLite Database File", section 2.2).
   *
   * @throws IllegalArgumentException that names the file and the next step
   */
  void checkReadable() {
    if (!Files.exists(path)) {
      return;
    }
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    try (Connection connection =
            new org.sqlite.JDBC().connect(fileUrl() + AS_IT_IS, config.toProperties());
        Statement statement = connection.createStatement();
        ResultSet version = statement.executeQuery("PRAGMA schema_version")) {
      version.next();
    } catch (SQLException e) {
      SQLiteErrorCode code = SQLiteErrorCode.getErrorCode(e.getErrorCode() & 0xFF);
      throw wrong(
          code == SQLiteErrorCode.SQLITE_NOTADB
              ? "it is no SQLite database: name another file"
              : "it can't be read (" + code.name() + "): name another file");
    }
  }

  /**
   * Checks that it can be written; its log lies beside it.
   *
   * @throws IllegalArgumentException that names the file and the next step
   */
  void checkWritable() {
    if (Files.exists(path) && !Files.isWritable(path)) {
      throw wrong("it can't be written: name another file, or let this user write it");
    }
    if (!Files.isWritable(directory())) {
      throw wrong("its directory can't be written: name another file, or let this user write it");
    }
  }

  /** Whether it is there and can be read, but not written: no log can be made beside it either. */
  boolean isReadOnly() {
    return Files.exists(path) && !(Files.isWritable(path) && Files.isWritable(directory()));
  }

  /** How a file that can't be written is opened. */
  String readOnlyUrl() {
    // SQLite reads a log that is there, and can't do without one unless it is told that the file
    // does not change.
    boolean hasLog = size(path.resolveSibling(path.getFileName() + "-wal")) > 0;
    return fileUrl() + (hasLog ? "" : AS_IT_IS);
  }

  private String fileUrl() {
    return "jdbc:sqlite:file:" + path.toUri().getRawPath();
  }

  /** Makes an empty file, which is an empty database, for this user alone; unless it is there. */
  void createPrivately() {
    if (Files.exists(path)) {
      return;
    }
    try {
      if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.createFile(
            path,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      }
    } catch (FileAlreadyExistsException e) {
      // Another run was quicker.
    } catch (IOException e) {
      throw wrong("it can't be created (" + e.getClass().getSimpleName() + "): name another file");
    }
  }

  /**
   * Loads SQLite itself, which its driver unpacks into the directory of temporary files.
   *
   * @throws IllegalArgumentException that names the directory, and the option for another
   */
  static void loadDriver() {
    SqliteLibrary.unpackOnce();
    try {
      SQLiteJDBCLoader.initialize();
    } catch (Exception | LinkageError e) {
      String directory =
          System.getProperty("org.sqlite.tmpdir", System.getProperty("java.io.tmpdir"));
      throw new IllegalArgumentException(
          "SQLite can't be loaded from "
              + directory
              + ", where its driver unpacks it: that directory may be mounted noexec, full or"
              + " read-only. Name one from which programs may run, as in"
              + " NOMADIC_JAVA_OPTS=-Djava.io.tmpdir=DIRECTORY",
          e);
    }
  }

  private Path directory() {
    Path directory = path.toAbsolutePath().getParent();
    return directory == null ? path.toAbsolutePath() : directory;
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException absent) {
      return 0;
    }
  }

  private IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException("status table " + path + " can't be used: " + what);
  }
}
