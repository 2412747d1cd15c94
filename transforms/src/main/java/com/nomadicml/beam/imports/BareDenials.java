package com.nomadicml.beam.imports;

import com.nomadicml.beam.model.TrackedBatch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Batches of a lane that were answered "access denied" and no more. Such an answer is meant for
 * their target when the API takes those of another, and for the account when it takes none.
 */
final class BareDenials {
  /** So many targets are enough to say that it is the account. */
  private static final int ENOUGH_TARGETS = 10;

  private final Map<String, List<Denied>> byTarget = new LinkedHashMap<>();
  private boolean accountWorks;

  /**
   * A batch that was denied, or that waits for the verdict about one of its target.
   *
   * @param message the API's answer to it, or to the one that it waits for
   */
  record Denied(TrackedBatch batch, String message) {}

  /** Whether the API has taken a request of this lane, or another of the run before. */
  boolean accountWorks() {
    return accountWorks;
  }

  /** Whether enough was denied to blame the account, now that all is sent or not. */
  boolean isAccount(boolean allSent) {
    return !accountWorks && !byTarget.isEmpty() && (allSent || byTarget.size() >= ENOUGH_TARGETS);
  }

  void deny(TrackedBatch batch, String message) {
    byTarget
        .computeIfAbsent(target(batch), id -> new ArrayList<>())
        .add(new Denied(batch, message));
  }

  /** Sets a batch aside when one of its target was denied. */
  boolean setAside(TrackedBatch batch) {
    List<Denied> denied = byTarget.get(target(batch));
    return denied != null && denied.add(new Denied(batch, denied.get(0).message()));
  }

  /** The API has taken a request: what was set aside is the fault of its targets. */
  void accept() {
    accountWorks = true;
  }

  /** What was set aside, which is not any more. */
  List<Denied> takeAll() {
    List<Denied> all = byTarget.values().stream().flatMap(List::stream).toList();
    byTarget.clear();
    return all;
  }

  private static String target(TrackedBatch batch) {
    return batch.getBatch().getTarget().id();
  }
}
