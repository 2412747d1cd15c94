package com.nomadicml.beam.status;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Whether a path can be a SQLite database, said before anything is sent. */
final class SqliteFile {
  /** How every database begins (SQLite's file format, section 1.3). */
  private static final byte[] HEADER = "SQLite format 3\0".getBytes(US_ASCII);

  private SqliteFile() {}

  /**
   * @throws IllegalArgumentException that names the file and the next step
   */
  static void check(Path file) {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null || !Files.isDirectory(directory)) {
      throw wrong(file, "its directory does not exist: create it, or name another file");
    }
    if (Files.isDirectory(file)) {
      throw wrong(file, "it is a directory: name a file in it, as in " + file.resolve("status.db"));
    }
    if (Files.exists(file) ? !Files.isWritable(file) : !Files.isWritable(directory)) {
      throw wrong(file, "it can't be written: name another file");
    }
    if (Files.exists(file) && !isDatabase(file)) {
      throw wrong(file, "it is no SQLite database: name another file");
    }
  }

  private static boolean isDatabase(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] start = in.readNBytes(HEADER.length);
      return start.length == 0 || Arrays.equals(start, HEADER);
    } catch (IOException e) {
      throw wrong(file, "it can't be read: " + e.getMessage());
    }
  }

  private static IllegalArgumentException wrong(Path file, String what) {
    return new IllegalArgumentException("status table " + file + " can't be used: " + what);
  }
}
