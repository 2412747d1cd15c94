package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.status.HolderProcess;
import com.nomadicml.beam.status.Lease;
import com.nomadicml.beam.status.RunSnapshot;
import com.nomadicml.beam.status.RunSnapshot.Sign;
import com.nomadicml.beam.status.RunState;
import com.nomadicml.beam.status.RunStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import javax.annotation.Nullable;

/**
 * Whether a run is alive, by its leases, its lane and its own row.
 *
 * @param isAlive whether it has not ended, and a sign of it counts
 * @param isKilled whether it has not ended, and no sign of it counts any more; a run that has given
 *     none yet, as a job whose workers are about to start, is neither
 * @param holder host and process of its last sign, for people; null when there was none
 * @param lastSeenAt when it gave its last sign; null when there was none
 */
record RunLife(
    boolean isAlive, boolean isKilled, @Nullable String holder, @Nullable Instant lastSeenAt) {

  /**
   * Tells it at the time of the tables.
   *
   * @param now by the clock that the run's own row was written by
   */
  static RunLife of(RunSnapshot tables, Instant now) {
    RunStatus run = tables.run();
    List<Sign> signs = new ArrayList<>(tables.signs());
    boolean isRunning = run.getState() == RunState.RUNNING;
    Predicate<Sign> lasts =
        sign -> sign.expiresAt().isAfter(tables.at()) && !HolderProcess.isDead(sign.process());
    boolean isAlive = signs.stream().anyMatch(lasts);
    boolean isTold = !signs.isEmpty();
    if (run.getAliveAt() != null) {
      Sign own = ownSign(run);
      isAlive |= own.expiresAt().isAfter(now) && !HolderProcess.isDead(own.process());
      // Workers elsewhere go on without the process that has launched them.
      isTold |= !own.process().isEmpty();
      signs.add(own);
    }
    return new RunLife(
        isRunning && isAlive,
        isRunning && !isAlive && isTold,
        signs.stream()
            .sorted(Comparator.comparing(Sign::expiresAt).reversed())
            .map(Sign::holder)
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(null),
        signs.stream()
            .map(Sign::expiresAt)
            .max(Comparator.naturalOrder())
            .map(end -> end.minus(AcquireLease.EXPIRY))
            .orElse(null));
  }

  private static Sign ownSign(RunStatus run) {
    return new Sign(
        run.getHolder(),
        run.getProcess() == null ? "" : run.getProcess(),
        Instant.ofEpochMilli(run.getAliveAt()).plus(AcquireLease.EXPIRY),
        null);
  }

  /** Whether a run is a stream, as far as its leases tell. */
  static boolean isStream(RunSnapshot tables) {
    return tables.signs().stream().anyMatch(sign -> sign.kind() == Lease.Kind.STREAM);
  }
}
