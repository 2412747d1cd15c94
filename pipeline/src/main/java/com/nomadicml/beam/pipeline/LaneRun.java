package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.imports.HttpApiFactory;
import com.nomadicml.beam.imports.lane.HeldLane;
import com.nomadicml.beam.status.LeaseHeldException;
import java.time.Clock;
import org.apache.beam.runners.direct.DirectRunner;

/** Carries a plan out in the launcher's own thread, once no runner is alive any more. */
final class LaneRun {
  private final ImportSettings settings;
  private final HttpApiFactory api;
  private final RunRecord run;
  private final LeaseKeeper leases;
  private final Clock clock;
  private final ProgressDisplay display;
  private final Interruption interruption;

  LaneRun(
      ImportSettings settings,
      HttpApiFactory api,
      RunRecord run,
      LeaseKeeper leases,
      Clock clock,
      ProgressDisplay display,
      Interruption interruption) {
    this.settings = settings;
    this.api = api;
    this.run = run;
    this.leases = leases;
    this.clock = clock;
    this.display = display;
    this.interruption = interruption;
  }

  /** Whether a run is carried out like this. */
  static boolean isFor(ImportOptions options, ImportSettings settings) {
    return options.getRunner() == DirectRunner.class && !settings.isStreaming();
  }

  /** Runs to the end, or until a signal ends it. */
  void run() {
    try (HeldLane lane =
        HeldLane.take(settings.lane(api, clock))
            .orElseThrow(() -> LeaseHeldException.lost(settings.runId()))) {
      lane.run(view -> tick(lane));
    }
    interruption.throwIfSignalled();
  }

  private void tick(HeldLane lane) {
    leases.throwIfLost();
    if (interruption.code().isPresent()) {
      lane.leave();
    }
    display.tick();
    run.exchangeWhenDue();
  }
}
