package com.nomadicml.beam.status;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/**
 * SQLite's native library, unpacked once for all runs of this user. The driver by itself unpacks it
 * for each run, and a run that is killed leaves its own behind.
 */
final class SqliteLibrary {
  private static final String PATH = "org.sqlite.lib.path";
  private static final String NAME = "org.sqlite.lib.name";
  private static final Set<PosixFilePermission> OURS_ALONE =
      PosixFilePermissions.fromString("rwx------");

  private SqliteLibrary() {}

  /** Tells the driver where the library is; where there is no safe place, it unpacks its own. */
  static void unpackOnce() {
    if (System.getProperty(PATH) != null) {
      return;
    }
    try {
      String name = LibraryLoaderUtil.getNativeLibName();
      String resource = LibraryLoaderUtil.getNativeLibResourcePath() + "/" + name;
      Path folder = folder();
      Path library = folder.resolve(name);
      try (InputStream in = SQLiteJDBCLoader.class.getResourceAsStream(resource)) {
        if (folder.toFile().isDirectory() && isOurs(folder) && in != null) {
          write(in.readAllBytes(), library);
          System.setProperty(PATH, folder.toString());
          System.setProperty(NAME, name);
        }
      }
    } catch (IOException | UnsupportedOperationException e) {
      // The driver says it in words of its own, if it can't do better.
    }
  }

  /** One for each user and version: what is there is what would be written. */
  private static Path folder() throws IOException {
    Path folder =
        Path.of(
            System.getProperty("java.io.tmpdir"),
            "nomadic-import-"
                + System.getProperty("user.name").replaceAll("\\W", "_")
                + "-sqlite-"
                + SQLiteJDBCLoader.getVersion());
    if (!Files.exists(folder)) {
      try {
        Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OURS_ALONE));
      } catch (java.nio.file.FileAlreadyExistsException e) {
        // Another run was quicker.
      }
    }
    return folder;
  }

  /** Anyone may create folders there, and what lies in this one is run. */
  private static boolean isOurs(Path folder) throws IOException {
    Path probe = Files.createTempFile(folder, "owner", "");
    try {
      return !Files.isSymbolicLink(folder)
          && Files.getOwner(folder).equals(Files.getOwner(probe))
          && Files.getPosixFilePermissions(folder).equals(OURS_ALONE);
    } finally {
      Files.delete(probe);
    }
  }

  private static void write(byte[] bytes, Path library) throws IOException {
    if (Files.exists(library) && Files.size(library) == bytes.length) {
      return;
    }
    // Never half of one: another run may load it now.
    Path whole = Files.createTempFile(library.getParent(), "sqlite", "");
    try {
      Files.write(whole, bytes);
      Files.move(whole, library, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(whole);
    }
  }
}
