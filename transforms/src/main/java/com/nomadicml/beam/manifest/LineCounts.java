package com.nomadicml.beam.manifest;

import com.nomadicml.beam.model.PartCounts;

/**
 * Counts lines where they are read, if they are to be counted.
 *
 * @param part of the manifest that they are of
 * @param sums beside the counters, which are an estimate
 */
record LineCounts(boolean counted, String part, PartCounts sums) {

  static LineCounts of(RowRules rules, String part) {
    return new LineCounts(rules.counted(), part, new PartCounts());
  }

  void read() {
    count(ManifestMetrics.LINES_READ, 1);
  }

  void blank() {
    count(ManifestMetrics.BLANK_LINES, 1);
  }

  void rejected() {
    count(ManifestMetrics.REJECTED_LINES, 1);
  }

  void skipped(SkipReason reason) {
    count(reason.metric(), 1);
  }

  /** A wildcard line that was listed into so many objects. */
  void expanded(long objects) {
    count(ManifestMetrics.EXPANDED, objects - 1);
  }

  /** A value that can't be what its column means here. */
  void ignored(String meaning) {
    count(ManifestMetrics.ignored(meaning), 1);
  }

  /** A line that names a version of an object, of which the current one is imported. */
  void versionDropped() {
    count(ManifestMetrics.VERSIONS_DROPPED, 1);
  }

  /** That there is a value for a label; not how many there are. */
  void labelled(String label) {
    count(ManifestMetrics.labelled(label), 1);
  }

  private void count(String name, long lines) {
    if (counted) {
      ManifestMetrics.counter(name).inc(lines);
      sums.add(name, part, lines);
    }
  }
}
