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
public final class Canaries {
  /** How many items of a target go ahead at most. */
  public static final int MAX_ITEMS = 20;

  /** A backend that has not decided by then would hold the whole target up. */
  private static final Duration PATIENCE = Duration.ofMinutes(15);

  private static final String NONE = "";

  private final Map<String, Canary> byTarget = new HashMap<>();

  /**
   * Where a target stands.
   *
   * @param batchId the batch that goes ahead, or empty when none has to any more
   * @param sentAt null before it was
   */
  private record Canary(String batchId, Instant sentAt) {
    Canary later(Duration time) {
      return sentAt == null ? this : new Canary(batchId, sentAt.plus(time));
    }

    boolean isCleared() {
      return batchId.equals(NONE);
    }

    /** A clock that was set back is no reason to wait longer. */
    boolean waitsInVain(Instant now) {
      return sentAt != null && Duration.between(sentAt, now).abs().compareTo(PATIENCE) >= 0;
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

  /** A batch is not sent after all: another may go ahead. */
  void dropped(String target, String batchId) {
    if (isCanary(target, batchId)) {
      byTarget.remove(target);
    }
  }

  /** The one batch of a target that may be sent now; none when any may, for all that is known. */
  Optional<String> only(String target, Instant now) {
    return Optional.ofNullable(byTarget.get(target))
        .filter(canary -> !canary.isCleared() && !canary.waitsInVain(now))
        .map(Canary::batchId);
  }

  void sent(String target, String batchId, Instant now) {
    if (isCanary(target, batchId)) {
      byTarget.put(target, new Canary(batchId, now));
    }
  }

  /**
   * A batch was sent by a lane of this run that is no more: it goes ahead of the rest. When two
   * were, something went ahead of the second.
   */
  void wasSent(String target, String batchId, Instant at) {
    if (isDecided(target)) {
      clear(target);
    } else {
      byTarget.put(target, new Canary(batchId, at));
    }
  }

  /** Nothing could be read for so long: that is no time in which a target was held up in vain. */
  void couldNotRead(Duration time) {
    byTarget.replaceAll((target, canary) -> canary.later(time));
  }

  /** Whether this batch still decides about its target. */
  boolean isCanary(String target, String batchId) {
    Canary canary = byTarget.get(target);
    return canary != null && canary.batchId().equals(batchId);
  }

  /** When the next target is not held up any more. */
  Optional<Instant> next(Instant now) {
    return byTarget.values().stream()
        .filter(canary -> canary.sentAt() != null && !canary.waitsInVain(now))
        .map(canary -> canary.sentAt().plus(PATIENCE))
        .min(Instant::compareTo);
  }
}
