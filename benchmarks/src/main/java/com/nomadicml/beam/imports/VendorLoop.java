package com.nomadicml.beam.imports;

import com.nomadicml.beam.api.RequestBudget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The loop of the vendor's examples, within the same quota: after the submits, each poll reads all
 * pages of every job that is not finished, ten seconds after the one before.
 */
final class VendorLoop {
  private static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final Duration WHATEVER_IT_TAKES = Duration.ofDays(36_500);

  /** A tenth of a second, so that the times of ten million rows take little memory. */
  private static final int TENTH = 100;

  private final Scenario scenario;
  private final VirtualClock clock;
  private final SimulatedBackend backend;

  /**
   * What the loop can see of a job, in tenths of a second.
   *
   * @param appearances when rows appear, in order
   */
  private record Watched(int[] appearances, long doneAt) {
    int shownAt(long time) {
      int index = Arrays.binarySearch(appearances, (int) Math.min(Integer.MAX_VALUE, time));
      int shown = index < 0 ? -index - 1 : index + 1;
      while (shown < appearances.length && appearances[shown] <= time) {
        shown++;
      }
      return shown;
    }
  }

  VendorLoop(Scenario scenario, VirtualClock clock, SimulatedBackend backend) {
    this.scenario = scenario;
    this.clock = clock;
    this.backend = backend;
  }

  /** Imports it all, and returns how many requests that took. */
  long run(List<SimulatedFleet.Batch> batches) {
    RequestBudget budget =
        new RequestBudget(scenario.requestsPerMinute(), scenario.requestsPerDay());
    LaneGate gate = new LaneGate(budget, WHATEVER_IT_TAKES, clock, clock::sleep);
    SimulatedApi api = new SimulatedApi(backend, gate, clock);
    api.request();
    api.request();
    List<Watched> open = new ArrayList<>();
    for (SimulatedFleet.Batch batch : batches) {
      open.add(watched(backend.rows(api.submit(batch.clips()))));
    }
    while (true) {
      open.removeIf(job -> isFinished(api, job));
      if (open.isEmpty()) {
        return gate.passed();
      }
      clock.sleep(INTERVAL);
    }
  }

  /** Reads a job's pages, and tells whether they showed all rows as terminal. */
  private boolean isFinished(SimulatedApi api, Watched job) {
    boolean allDone = tenths() >= job.doneAt();
    int read = 0;
    do {
      api.request();
      read += scenario.rowsOfPage();
    } while (read < job.shownAt(tenths()));
    return allDone;
  }

  private long tenths() {
    return backend.millis(clock.instant()) / TENTH;
  }

  private static Watched watched(SimulatedRows rows) {
    int[] appearances =
        Arrays.stream(rows.appearances()).mapToInt(at -> (int) (at / TENTH)).toArray();
    return new Watched(appearances, rows.doneAt() / TENTH + 1);
  }
}
