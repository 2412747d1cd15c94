package com.nomadicml.beam.imports.lane;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Ends a run of which too much fails. */
final class FailureThreshold {
  /** Fewer finished items say nothing of the rest. */
  private static final long ENOUGH_ITEMS = 1_000;

  private final double percent;
  private final Map<String, Settled> byBatch = new HashMap<>();
  private long uploaded;
  private long failed;

  /**
   * @param percent of finished items that may fail; 0 for any
   */
  FailureThreshold(double percent) {
    this.percent = percent;
  }

  /** What has become of the items of a batch so far, in place of what was told of it before. */
  void settled(String batchId, Settled now) {
    Settled before = byBatch.getOrDefault(batchId, Settled.NOTHING);
    uploaded += now.uploaded() - before.uploaded();
    failed += now.failed() - before.failed();
    byBatch.put(batchId, now);
  }

  /** Items of a batch that had failed are planned once more: they count with their next batch. */
  void triedAgain(String batchId) {
    settled(batchId, new Settled(byBatch.get(batchId).uploaded(), 0, null));
  }

  /** A batch that has ended: its items stay counted. */
  void forget(String batchId) {
    byBatch.remove(batchId);
  }

  long uploaded() {
    return uploaded;
  }

  long failed() {
    return failed;
  }

  /** Why the run has to stop, if it has to. */
  Optional<String> excess() {
    long finished = uploaded + failed;
    double failedPercent = 100.0 * failed / Math.max(1, finished);
    if (percent == 0 || finished < ENOUGH_ITEMS || failedPercent <= percent) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "%.1f %% of %,d finished items are not uploaded, more than --failureThreshold=%s",
            failedPercent,
            finished,
            percent));
  }
}
