package com.nomadicml.beam.manifest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.transforms.SimpleFunction;

/**
 * Finds the newest complete S3 Inventory report of a folder of dates, such as {@code
 * s3://reports/fleet/daily/}; other paths are left as they are.
 *
 * <p>S3 writes {@code manifest.checksum} last; a report without it, or whose manifest is another
 * one, is not there yet.
 */
final class NewestInventory extends SimpleFunction<String, String> {
  private static final long serialVersionUID = 1L;

  private static final String MANIFEST = "manifest.json";
  private static final String CHECKSUM = "manifest.checksum";
  private static final Pattern GLOB = Pattern.compile("[*?\\[{\\\\]");

  @Override
  public String apply(String path) {
    if (!path.endsWith("/")) {
      requireLocal(path);
      return path;
    }
    try {
      List<String> reports = reports(path);
      // Dates such as 2026-11-24T01-00Z sort as texts do.
      reports.sort(Comparator.reverseOrder());
      for (String report : reports) {
        if (isComplete(report)) {
          return report + MANIFEST;
        }
      }
    } catch (IOException e) {
      throw new ManifestException(path + " can't be listed: " + e.getMessage(), e);
    }
    throw new ManifestException(
        path
            + ": no folder of it holds a complete S3 Inventory report (a manifest.json with its"
            + " manifest.checksum)");
  }

  private static List<String> reports(String path) throws IOException {
    List<String> reports = new ArrayList<>();
    if (!path.contains("://")) {
      for (Path date : localReports(path)) {
        reports.add(date + "/");
      }
      return reports;
    }
    String pattern = StoredFile.asPattern(path) + "*/" + CHECKSUM;
    for (MatchResult.Metadata checksum :
        FileSystems.match(pattern, EmptyMatchTreatment.ALLOW).metadata()) {
      String file = checksum.resourceId().toString();
      if (file.startsWith(path)) {
        reports.add(file.substring(0, file.length() - CHECKSUM.length()));
      }
    }
    return reports;
  }

  private static List<Path> localReports(String path) throws IOException {
    List<Path> reports = new ArrayList<>();
    try (DirectoryStream<Path> dates = Files.newDirectoryStream(Path.of(path))) {
      for (Path date : dates) {
        if (Files.exists(date.resolve(CHECKSUM))) {
          reports.add(date);
        }
      }
    }
    return reports;
  }

  /** Beam would look for a local file that is not there in all of its directory's tree. */
  private static void requireLocal(String path) {
    boolean isPlainLocal = !path.contains(":/") && !GLOB.matcher(path).find();
    if (isPlainLocal && !Files.exists(Path.of(path))) {
      throw new ManifestException("there is no file " + path);
    }
  }

  /** Whether a local directory that is named with a slash at its end holds a report. */
  static boolean isFolderOfReports(String path) {
    if (!path.endsWith("/")) {
      return false;
    }
    try {
      return !localReports(path).isEmpty();
    } catch (IOException e) {
      throw new ManifestException(path + " can't be listed: " + e.getMessage(), e);
    }
  }

  private static boolean isComplete(String report) throws IOException {
    try {
      return matches(new StoredFile(report + MANIFEST), new StoredFile(report + CHECKSUM));
    } catch (java.io.FileNotFoundException e) {
      return false;
    }
  }

  /** Whether the manifest is the one that its checksum was made of. */
  static boolean matches(StoredFile manifest, StoredFile checksum) throws IOException {
    String expected = new String(bytes(checksum), StandardCharsets.UTF_8).strip();
    byte[] found = StoredFile.md5().digest(bytes(manifest));
    return HexFormat.of().formatHex(found).equalsIgnoreCase(expected);
  }

  private static byte[] bytes(StoredFile file) throws IOException {
    try (InputStream in = file.openRaw()) {
      return in.readAllBytes();
    }
  }
}
