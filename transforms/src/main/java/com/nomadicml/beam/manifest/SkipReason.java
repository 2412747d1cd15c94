package com.nomadicml.beam.manifest;

import java.util.Locale;

/** Why a good line is left out of an import. */
public enum SkipReason {
  DELETE_MARKER("delete marker"),
  OLD_VERSION("version that is not the latest"),
  NOT_MP4("object that is no .mp4"),
  DELETE_EVENT("delete event"),
  OTHER_EVENT("event that tells of no new object"),
  TEST_EVENT("test event"),
  FILTERED("by --include or --exclude"),
  UNCHANGED("unchanged --since"),
  OVER_LIMIT("over --limit");

  private final String label;

  SkipReason(String label) {
    this.label = label;
  }

  /** For people. */
  public String label() {
    return label;
  }

  /** The name of its counter. */
  public String metric() {
    return "skipped_" + name().toLowerCase(Locale.ROOT);
  }
}
