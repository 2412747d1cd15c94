package com.nomadicml.beam.manifest;

import com.google.common.base.Splitter;

/** The name of a file within another file, which whoever wrote that one has chosen. */
final class NamedFile {
  private NamedFile() {}

  /**
   * Checks that a name can lie below the manifest which names it.
   *
   * @throws ManifestException when it could lead to anywhere else
   */
  static void requireBelow(String manifest, String name) {
    boolean isElsewhere =
        name.isBlank()
            || name.endsWith("/")
            || name.contains("://")
            || name.indexOf('\0') >= 0
            || Splitter.onPattern("[/\\\\]").splitToList(name).contains("..");
    if (isElsewhere) {
      throw new ManifestException(
          manifest
              + ": names the file '"
              + name
              + "', which is not read: the files of a report lie below its folder, and are named"
              + " without :// and ..");
    }
  }
}
