package com.nomadicml.beam.manifest;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.io.fs.MatchResult;

/**
 * Takes the paths of an option. Names of files may hold commas and the characters of patterns: what
 * is there under its own name wins over what its name means as a list or a pattern.
 */
public final class ManifestPaths {
  private ManifestPaths() {}

  /** The paths of a list; a comma that stands in the name of a file that is there is no end. */
  public static List<String> split(String paths) {
    List<String> pieces = Splitter.on(',').splitToList(paths);
    List<String> split = new ArrayList<>();
    for (int from = 0; from < pieces.size(); ) {
      int to = from + 1;
      for (int end = pieces.size(); end > from + 1; end--) {
        if (isOneName(pieces.subList(from, end))) {
          to = end;
          break;
        }
      }
      String path = String.join(",", pieces.subList(from, to)).strip();
      if (!path.isEmpty()) {
        split.add(path);
      }
      from = to;
    }
    return split;
  }

  private static boolean isOneName(List<String> pieces) {
    boolean isList =
        pieces.stream()
            .skip(1)
            .anyMatch(piece -> piece.contains("://") || BigQueryManifest.isOne(piece.strip()));
    String path = String.join(",", pieces).strip();
    if (isList || BigQueryManifest.isOne(path)) {
      return false;
    }
    if (!path.contains("://")) {
      return isLocalFile(path);
    }
    // A bucket is asked only for names that can't be files here.
    if (pieces.stream().skip(1).anyMatch(piece -> isLocalFile(piece.strip()))) {
      return false;
    }
    try {
      return new StoredFile(path).exists();
    } catch (IOException | IllegalArgumentException e) {
      return false; // What is wrong with it is said where its pieces are read.
    }
  }

  private static boolean isLocalFile(String path) {
    try {
      return Files.isRegularFile(Path.of(path));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /**
   * The file of this name, or else all that match it as a pattern.
   *
   * @throws java.io.FileNotFoundException when there is none
   */
  static List<MatchResult.Metadata> find(String path) throws IOException {
    StoredFile file = new StoredFile(path);
    // Stars and question marks match themselves, so that one listing tells both.
    if (path.indexOf('[') >= 0) {
      Optional<MatchResult.Metadata> named = file.metadata();
      if (named.isPresent()) {
        return List.of(named.get());
      }
    }
    List<MatchResult.Metadata> matching =
        FileSystems.match(path, EmptyMatchTreatment.DISALLOW).metadata();
    return matching.stream()
        .filter(match -> match.resourceId().equals(file.id()))
        .findFirst()
        .map(List::of)
        .orElse(matching);
  }
}
