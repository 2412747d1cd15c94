package com.nomadicml.beam.imports.lane;

import com.nomadicml.beam.model.JobStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import javax.annotation.Nullable;

/**
 * Batches that are to be sent, in their order. What a send asks of it follows the number of targets
 * and of doubts, not that of batches.
 */
final class SendQueue {
  private final Map<String, Place> places = new HashMap<>();

  /** Batches that were sent without an answer: as few as can be are, whatever the API does. */
  private final NavigableMap<Long, Entry> doubts = new TreeMap<>();

  /** Batches that were never sent, by target. */
  private final Map<String, NavigableMap<Long, Entry>> unsent = new HashMap<>();

  /** Targets by the place of their first batch that was never sent. */
  private final NavigableMap<Long, String> targets = new TreeMap<>();

  private long next;

  /**
   * A batch to be sent.
   *
   * @param target what its target is known by
   * @param sends how often it was sent so far, with its outcome in doubt
   * @param reads that had succeeded until the doubt arose: one more, and it may be sent again
   * @param notBefore one in doubt is not sent earlier
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

  private record Place(long number, Entry entry) {}

  /** Adds a batch behind all others. */
  void add(Entry entry) {
    take(entry.id());
    long number = next++;
    places.put(entry.id(), new Place(number, entry));
    if (entry.isInDoubt()) {
      doubts.put(number, entry);
    } else {
      NavigableMap<Long, Entry> line =
          unsent.computeIfAbsent(entry.target(), target -> new TreeMap<>());
      line.put(number, entry);
      if (line.size() == 1) {
        targets.put(number, entry.target());
      }
    }
  }

  /** Takes a batch out; null when it is not there. */
  @Nullable
  Entry take(String batchId) {
    Place place = places.remove(batchId);
    if (place == null) {
      return null;
    }
    Entry entry = place.entry();
    if (entry.isInDoubt()) {
      doubts.remove(place.number());
      return entry;
    }
    NavigableMap<Long, Entry> line = unsent.get(entry.target());
    targets.remove(line.firstKey());
    line.remove(place.number());
    if (line.isEmpty()) {
      unsent.remove(entry.target());
    } else {
      targets.put(line.firstKey(), entry.target());
    }
    return entry;
  }

  boolean isEmpty() {
    return places.isEmpty();
  }

  /** All batches, those in doubt first. */
  List<Entry> all() {
    List<Entry> all = new ArrayList<>(doubts.values());
    targets.values().forEach(target -> all.addAll(unsent.get(target).values()));
    return all;
  }

  Collection<Entry> doubts() {
    return doubts.values();
  }

  /** Targets that have batches that were never sent; the one first whose batch has come first. */
  Collection<String> targets() {
    return targets.values();
  }

  /** Batches of a target that were never sent. */
  Collection<Entry> unsentOf(String target) {
    return unsent.getOrDefault(target, new TreeMap<>()).values();
  }

  /** The first of them. */
  Entry firstOf(String target) {
    return unsent.get(target).firstEntry().getValue();
  }

  /** One of them, if it is there. */
  Optional<Entry> unsent(String batchId) {
    return Optional.ofNullable(places.get(batchId))
        .map(Place::entry)
        .filter(entry -> !entry.isInDoubt());
  }

  /**
   * The batch of a target that is best sent first, when it has others too. What has failed before
   * says little of the rest.
   */
  Optional<Entry> smallestOfSeveral(String target) {
    Collection<Entry> unsent = unsentOf(target);
    return unsent.size() < 2
        ? Optional.empty()
        : unsent.stream()
            .min(
                Comparator.comparing((Entry entry) -> entry.job().getAttempt())
                    .thenComparing(entry -> entry.job().getRequested())
                    .thenComparing(Entry::id));
  }
}
