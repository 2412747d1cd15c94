package com.nomadicml.beam.imports.lane;

import com.google.common.collect.Comparators;
import com.nomadicml.beam.status.LaneStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Reads now and then what is asked of a run. */
final class Wishes {
  private static final Duration LOOKS = Duration.ofSeconds(2);

  /** How many looks one is worth that costs more. */
  private static final int RARER = 3;

  private final LaneStore store;
  private final String runId;
  private final Duration interval;
  private Instant lookedAt;
  private Optional<RunWish> last = Optional.empty();

  Wishes(LaneStore store, String runId) {
    this.store = store;
    this.runId = runId;
    this.interval = Comparators.max(LOOKS, store.pollInterval().multipliedBy(RARER));
  }

  /** What was asked since the last look; the tables say from then on that it took effect. */
  Optional<RunWish> news(Instant now) {
    // A clock that was set back is no reason to wait longer.
    if (lookedAt != null && Duration.between(lookedAt, now).abs().compareTo(interval) < 0) {
      return Optional.empty();
    }
    lookedAt = now;
    Optional<RunWish> wish = RunWish.last(store, runId);
    if (wish.equals(last)) {
      return Optional.empty();
    }
    last = wish;
    wish.ifPresent(asked -> asked.tookEffect(store, runId, now));
    return wish;
  }

  boolean isPaused() {
    return last.filter(wish -> wish.kind() == RunWish.Kind.PAUSE).isPresent();
  }
}
