package com.nomadicml.beam.manifest;

import java.util.Collection;

/** Takes what a parser finds; every line ends up in exactly one of the other four. */
interface RowSink {
  /** The names of a file's columns, where it tells them before its rows. */
  default void columns(Collection<String> names) {}

  void row(ManifestRow row);

  /** A blank line, or a comment. */
  void blank();

  /** A good line that is left out. */
  void skipped(SkipReason reason);

  /** A line that can't be read. */
  void unreadable(long line, String raw, String reason);
}
