package com.nomadicml.beam.imports.lane;

import com.nomadicml.beam.model.JobStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Batches that are to be sent, in their order. */
final class SendQueue {
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  /**
   * A batch to be sent.
   *
   * @param target what its target is known by
   * @param sends how often it was sent so far, with its outcome in doubt
   * @param reads that had succeeded until the doubt arose: one more, and it may be sent again
   * @param notBefore it is not sent earlier
   */
  record Entry(JobStatus job, String target, int sends, long reads, Instant notBefore) {
    /** A batch that was never sent. */
    static Entry of(JobStatus job) {
      return new Entry(job, job.getTarget().id(), 0, 0, Instant.MIN);
    }

    Entry with(JobStatus exact) {
      return new Entry(exact, target, sends, reads, notBefore);
    }

    String id() {
      return job.getBatchId();
    }

    boolean isInDoubt() {
      return sends > 0;
    }
  }

  void add(Entry entry) {
    entries.put(entry.id(), entry);
  }

  /** Takes a batch out. */
  Entry take(String batchId) {
    return entries.remove(batchId);
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  Collection<Entry> all() {
    return entries.values();
  }

  /** The same, those in doubt first: as few as can be are, whatever the API does. */
  List<Entry> doubtsFirst() {
    List<Entry> ordered = new ArrayList<>(entries.size());
    entries.values().stream().filter(Entry::isInDoubt).forEach(ordered::add);
    entries.values().stream().filter(entry -> !entry.isInDoubt()).forEach(ordered::add);
    return ordered;
  }

  /** Batches of a target that were never sent. */
  List<Entry> unsentOf(String target) {
    List<Entry> unsent = new ArrayList<>();
    for (Entry entry : entries.values()) {
      if (!entry.isInDoubt() && entry.target().equals(target)) {
        unsent.add(entry);
      }
    }
    return unsent;
  }

  /**
   * The batch of a target that is best sent first, when it has others too. What has failed before
   * says little of the rest.
   */
  Optional<Entry> smallestOfSeveral(String target) {
    List<Entry> unsent = unsentOf(target);
    return unsent.size() < 2
        ? Optional.empty()
        : unsent.stream()
            .min(
                Comparator.comparing((Entry entry) -> entry.job().getAttempt())
                    .thenComparing(entry -> entry.job().getRequested())
                    .thenComparing(Entry::id));
  }
}
