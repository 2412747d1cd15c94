package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.status.RunNumbers;
import com.nomadicml.beam.status.RunState;
import com.nomadicml.beam.status.RunStatus;
import com.nomadicml.beam.status.StatusStore;
import java.time.Instant;

/**
 * Ends the rows of runs that were killed where nobody takes their place: before they had a lease,
 * or in a destination that no run imports into any more.
 */
final class KilledRuns {
  /** Older ones were seen by earlier runs. */
  private static final int LATEST = 20;

  private KilledRuns() {}

  static void end(StatusStore store, Instant now) {
    store.numbers().ifPresent(numbers -> end(numbers, store, now));
  }

  private static void end(RunNumbers numbers, StatusStore store, Instant now) {
    for (RunStatus run : numbers.runs(LATEST)) {
      if (run.getState() == RunState.RUNNING) {
        RunProgress.of(store, run.getRunId(), now)
            .filter(progress -> progress.stage() == RunProgress.Stage.KILLED)
            .ifPresent(progress -> store.recordRun(ended(progress)));
      }
    }
  }

  private static RunStatus ended(RunProgress killed) {
    return killed
        .lines()
        .into(killed.tables().run().toBuilder())
        .setState(RunState.FAILED)
        .setFinishedAt(killed.finishedAt().map(Instant::toEpochMilli).orElse(null))
        .build();
  }
}
