package com.nomadicml.beam.manifest;

import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;

/** Counts of manifest lines, where they are read. */
public final class ManifestMetrics {
  public static final String NAMESPACE = "nomadic_import";

  /** Data lines: a header is none, blank lines and comments are. */
  public static final String LINES_READ = "lines_read";

  /** Blank lines and comments. */
  public static final String BLANK_LINES = "blank_lines";

  public static final String REJECTED_LINES = "rejected_lines";

  /** Objects that wildcard lines were listed into, beyond one a line. */
  public static final String EXPANDED = "expanded_objects";

  /** Whether {@code --include} found something, and {@code --exclude}. */
  public static final String INCLUDED = "included";

  public static final String EXCLUDED = "excluded";

  /** Lines that name a version of an object, of which the current one is imported. */
  public static final String VERSIONS_DROPPED = "versions_dropped";

  private ManifestMetrics() {}

  /** Values that can't be what their column means here. */
  public static String ignored(String meaning) {
    return "ignored_" + meaning;
  }

  /** More than 0 when some row had a value for the label. */
  public static String labelled(String label) {
    return "labelled_" + label;
  }

  static Counter counter(String name) {
    return Metrics.counter(NAMESPACE, name);
  }
}
