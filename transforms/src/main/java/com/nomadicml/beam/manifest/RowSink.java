package com.nomadicml.beam.manifest;

/** Takes what a parser finds; every line ends up in exactly one of the four. */
interface RowSink {
  void row(ManifestRow row);

  /** A blank line, or a comment. */
  void blank();

  /** A good line that is left out. */
  void skipped(SkipReason reason);

  /** A line that can't be read. */
  void unreadable(long line, String raw, String reason);
}
