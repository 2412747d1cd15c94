package com.nomadicml.beam.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;
import org.xerial.snappy.OSInfo;
import org.xerial.snappy.Snappy;
import org.xerial.snappy.SnappyLoader;

/**
 * SQLite's and Snappy's native libraries, unpacked once for all runs of this user. By themselves
 * they are unpacked for each run, and a run that is killed leaves its own behind.
 */
final class NativeLibraries {
  private static final Set<PosixFilePermission> OURS_ALONE =
      PosixFilePermissions.fromString("rwx------");

  private NativeLibraries() {}

  /** Tells both where their library is; where there is no safe place, each unpacks its own. */
  static void unpackOnce() {
    try {
      Path folder = folder();
      if (!isOurs(folder)) {
        return;
      }
      unpack(
          SQLiteJDBCLoader.class,
          LibraryLoaderUtil.getNativeLibResourcePath() + "/",
          LibraryLoaderUtil.getNativeLibName(),
          folder,
          "org.sqlite");
      unpack(
          Snappy.class,
          "/org/xerial/snappy/native/" + OSInfo.getNativeLibFolderPathForCurrentOS() + "/",
          System.mapLibraryName("snappyjava"),
          folder,
          "org.xerial.snappy");
    } catch (IOException | UnsupportedOperationException e) {
      // SQLite says it in words of its own, if it can't do better.
    }
  }

  private static void unpack(
      Class<?> owner, String resources, String name, Path folder, String property)
      throws IOException {
    if (System.getProperty(property + ".lib.path") != null) {
      return;
    }
    Path library = folder.resolve(name);
    if (!Files.exists(library)) {
      try (InputStream in = owner.getResourceAsStream(resources + name)) {
        if (in == null) {
          return;
        }
        // Never half of one: another run may load it now.
        Path whole = Files.createTempFile(folder, name, "");
        Files.copy(in, whole, StandardCopyOption.REPLACE_EXISTING);
        Files.move(whole, library, StandardCopyOption.ATOMIC_MOVE);
      }
    }
    System.setProperty(property + ".lib.path", folder.toString());
    System.setProperty(property + ".lib.name", name);
  }

  /** One for each user and version: what is there is what would be written. */
  private static Path folder() throws IOException {
    Path folder =
        Path.of(
            System.getProperty("java.io.tmpdir"),
            String.join(
                "-",
                "nomadic-import",
                System.getProperty("user.name").replaceAll("\\W", "_"),
                SQLiteJDBCLoader.getVersion(),
                SnappyLoader.getVersion()));
    try {
      Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OURS_ALONE));
    } catch (FileAlreadyExistsException e) {
      // An earlier run has made it.
    }
    return folder;
  }

  /** Anyone may create folders there, and what lies in this one is run. */
  private static boolean isOurs(Path folder) throws IOException {
    if (Files.isSymbolicLink(folder)
        || !Files.isDirectory(folder)
        || !Files.getPosixFilePermissions(folder).equals(OURS_ALONE)) {
      return false;
    }
    Path probe = Files.createTempFile(folder, "owner", "");
    try {
      return Files.getOwner(folder).equals(Files.getOwner(probe));
    } finally {
      Files.delete(probe);
    }
  }
}
