package com.nomadicml.beam.status;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.annotation.Nullable;

/**
 * Keeps a lane from changing a plan that is not its own any more.
 *
 * <p>There is no transaction across BigQuery's tables, so a lane asks whether it holds its
 * destinations before it writes. What it was told it trusts for half a minute, and no longer than
 * its epoch lasts: nobody takes its place until then. A process that stands still in between for
 * longer, and then writes, is the one exception; the order of writes bounds what it can do.
 */
final class BigQueryFence {
  private static final Duration TRUST = Duration.ofSeconds(30);

  private static final String LEASES =
      "SELECT destination, 0 AS remaining FROM import_leases WHERE run_id = @run_id";

  private static final String LEASES_OF_LANE =
      "SELECT s.destination, l.expires_at - "
          + BigQueryLaneLease.NOW
          + " AS remaining FROM import_leases s JOIN import_lanes l ON l.run_id = s.run_id"
          + " WHERE s.run_id = @run_id AND l.epoch = CAST(@epoch AS INT64)";

  private final BigQueryStatusStore store;
  @Nullable private final Long epoch;
  private final Set<String> held = new HashSet<>();
  private String holder = "";
  private long trustedUntil = System.nanoTime();

  /**
   * @param epoch null for a lane that is driven by hand, which asks every time
   */
  BigQueryFence(BigQueryStatusStore store, @Nullable Long epoch) {
    this.store = store;
    this.epoch = epoch;
  }

  /**
   * Returns when a run has the lease of a destination, and its lane this epoch.
   *
   * @throws LeaseHeldException if it has not
   */
  void check(String destination, String runId) {
    String name = StorableText.key(destination);
    if (!holder.equals(runId) || !held.contains(name) || System.nanoTime() - trustedUntil >= 0) {
      ask(runId);
    }
    if (!held.contains(name)) {
      throw LeaseHeldException.lost(runId);
    }
  }

  /**
   * Returns when the lane of a run has this epoch, and a lease at all; a lane that is driven by
   * hand has no epoch to lose.
   *
   * @throws LeaseHeldException if it has not
   */
  void check(String runId) {
    if (epoch == null) {
      return;
    }
    if (!holder.equals(runId) || System.nanoTime() - trustedUntil >= 0) {
      ask(runId);
    }
    if (held.isEmpty()) {
      throw LeaseHeldException.lost(runId);
    }
  }

  private void ask(String runId) {
    long asked = System.nanoTime();
    List<Map<String, Object>> rows =
        epoch == null
            ? store.queryNamed(LEASES, Map.of("run_id", runId))
            : store.queryNamed(
                LEASES_OF_LANE, Map.of("run_id", runId, "epoch", String.valueOf(epoch)));
    held.clear();
    holder = runId;
    trustedUntil = asked;
    for (Map<String, Object> row : rows) {
      held.add((String) row.get("destination"));
      long remaining = Long.parseLong((String) row.get("remaining"));
      trustedUntil = asked + Duration.ofMillis(Math.min(remaining, TRUST.toMillis())).toNanos();
    }
  }
}
