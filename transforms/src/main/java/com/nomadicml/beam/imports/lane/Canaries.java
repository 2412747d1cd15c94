package com.nomadicml.beam.imports.lane;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Of a target of several batches, some items go ahead. Nothing else of it is sent until one of them
 * is uploaded; when all have failed, the target is stopped.
 */
final class Canaries {
  /** How many items of a target go ahead at most. */
  static final int MAX_ITEMS = 20;

  /** A backend that has not decided by then would hold the whole target up. */
  private static final Duration PATIENCE = Duration.ofMinutes(15);

  private static final String NONE = "";

  private final Map<String, Canary> byTarget = new HashMap<>();

  /**
   * Where a target stands.
   *
   * @param batchId the batch that goes ahead, or empty when none has to any more
   * @param until it is waited for; null before it was sent
   */
  private record Canary(String batchId, Instant until) {
    boolean isCleared() {
      return batchId.equals(NONE);
    }
  }

  boolean isDecided(String target) {
    return byTarget.containsKey(target);
  }

  void elect(String target, String batchId) {
    byTarget.put(target, new Canary(batchId, null));
  }

  void clear(String target) {
    byTarget.put(target, new Canary(NONE, null));
  }

  /** Whether this batch may be sent now, as far as canaries go. */
  boolean allows(String target, String batchId, Instant now) {
    Canary canary = byTarget.get(target);
    boolean waitsInVain = canary.until() != null && !now.isBefore(canary.until());
    return canary.isCleared() || waitsInVain || canary.batchId().equals(batchId);
  }

  void sent(String target, String batchId, Instant now) {
    if (isCanary(target, batchId)) {
      byTarget.put(target, new Canary(batchId, now.plus(PATIENCE)));
    }
  }

  /** Whether this batch still decides about its target. */
  boolean isCanary(String target, String batchId) {
    Canary canary = byTarget.get(target);
    return canary != null && canary.batchId().equals(batchId);
  }

  /** When the next target is not held up any more. */
  Optional<Instant> next(Instant now) {
    return byTarget.values().stream()
        .map(Canary::until)
        .filter(until -> until != null && until.isAfter(now))
        .min(Instant::compareTo);
  }
}
