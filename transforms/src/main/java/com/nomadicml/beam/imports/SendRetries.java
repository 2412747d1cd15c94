package com.nomadicml.beam.imports;

import com.google.common.collect.Comparators;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;

/**
 * When the batches of a lane that came back are sent again: a few times soon, then less and less
 * often. So one that always fails keeps no other from being sent. In memory alone: who takes the
 * lane over tries all of them at once.
 */
final class SendRetries {
  private static final int SOON = 5;
  private static final Duration LATER = Duration.ofSeconds(30);
  private static final int MOST_DOUBLINGS = 4;

  private final Map<String, Retry> byBatch = new HashMap<>();

  private record Retry(int inVain, Instant notBefore) {}

  void cameBack(String batchId, Instant now) {
    int inVain = inVain(batchId) + 1;
    Duration pause =
        inVain < SOON
            ? Duration.ZERO
            : LATER.multipliedBy(1L << Math.min(inVain - SOON, MOST_DOUBLINGS));
    byBatch.put(batchId, new Retry(inVain, now.plus(pause)));
  }

  /** Forgets all others: they have been sent by whom the lane was with meanwhile. */
  void keepOnly(Collection<String> batchIds) {
    byBatch.keySet().retainAll(batchIds);
  }

  /** It has been taken, or refused for good. */
  void done(String batchId) {
    byBatch.remove(batchId);
  }

  /** Whether it came back too often to be sent before others. */
  boolean isLast(String batchId) {
    return inVain(batchId) >= SOON;
  }

  private int inVain(String batchId) {
    Retry retry = byBatch.get(batchId);
    return retry == null ? 0 : retry.inVain();
  }

  boolean isDue(String batchId, Instant now) {
    Retry retry = byBatch.get(batchId);
    return retry == null || !retry.notBefore().isAfter(now);
  }

  /** How long until one is due again; at most the longest pause. */
  Duration untilNext(Instant now) {
    Duration pause =
        byBatch.values().stream()
            .map(retry -> Duration.between(now, retry.notBefore()))
            .min(Comparator.naturalOrder())
            .orElse(LATER);
    return Comparators.max(Duration.ZERO, Comparators.min(pause, LATER));
  }
}
