package com.nomadicml.beam.manifest;

import static java.util.stream.Collectors.joining;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What manifests are: files, tables, or a query.
 *
 * @param paths comma-separated, as in {@link ReadManifests#from}; those of tables among them
 */
record ManifestSources(String paths, List<BigQueryManifest> tables) {

  /**
   * Takes an option's value.
   *
   * @throws IllegalArgumentException when it names nothing that can be read
   */
  static ManifestSources of(String paths, String option) {
    List<String> files = new ArrayList<>();
    List<BigQueryManifest> tables = new ArrayList<>();
    for (String path : ManifestPaths.split(paths)) {
      if (BigQueryManifest.isOne(path)) {
        tables.add(BigQueryManifest.table(path));
      } else {
        checkIsNoDirectory(path, option);
        files.add(path);
      }
    }
    if (files.isEmpty() && tables.isEmpty()) {
      throw new IllegalArgumentException(option + " names no file");
    }
    return new ManifestSources(paths, tables);
  }

  static ManifestSources ofQuery(String sql) {
    return new ManifestSources("", List.of(BigQueryManifest.query(sql)));
  }

  /** Beam would skip it in silence. */
  private static void checkIsNoDirectory(String path, String option) {
    if (!path.contains("://")
        && Files.isDirectory(Path.of(path))
        && !NewestInventory.isFolderOfReports(path)) {
      throw new IllegalArgumentException(
          option
              + "="
              + path
              + " is a directory: name its files, as in "
              + Path.of(path).resolve("*.csv"));
    }
  }

  /** The paths of files; told from lists anew, since file systems may know their options by now. */
  List<String> files() {
    return ManifestPaths.split(paths).stream()
        .filter(path -> !BigQueryManifest.isOne(path))
        .toList();
  }

  /** For people. */
  String names() {
    return Stream.concat(files().stream(), tables.stream().map(BigQueryManifest::name))
        .collect(joining(","));
  }
}
