package com.nomadicml.beam.imports;

import com.nomadicml.beam.api.RequestBudget;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Plays a scenario: the import, the vendor's loop, and the floor that neither can beat. */
public final class Simulation {
  private static final Instant START = Instant.parse("2026-11-24T08:00:00Z");

  private final Scenario scenario;
  private final List<SimulatedFleet.Batch> batches;

  private Simulation(Scenario scenario, List<SimulatedFleet.Batch> batches) {
    this.scenario = scenario;
    this.batches = batches;
  }

  /**
   * What a way of importing came to.
   *
   * @param took from the start until all was known to be done
   * @param lag of that time, what passed since the backend was done with the last video
   */
  public record Outcome(long requests, Duration took, Duration lag) {
    public double days() {
      return took.toMillis() / (double) Duration.ofDays(1).toMillis();
    }
  }

  /** Plans the batches of a scenario. */
  public static Simulation of(Scenario scenario) {
    return new Simulation(
        scenario,
        SimulatedFleet.plan(scenario.videos(), scenario.batchSize(), new VirtualClock(START)));
  }

  /** One POST a batch, and each page once; and no sooner than quota and backend allow. */
  public Outcome floor() {
    RequestBudget budget =
        new RequestBudget(scenario.requestsPerMinute(), scenario.requestsPerDay());
    long requests = (long) ceil(scenario.videos(), scenario.batchSize()) + fullPages();
    Instant now = START;
    for (long i = 0; i < requests; i++) {
      now = budget.reserve(budget.next(now));
    }
    double backend = scenario.pace().secondsFor(scenario.videos(), scenario.videosPerSecond());
    Instant done = START.plusMillis(Math.round(1_000 * backend));
    return new Outcome(
        requests, Duration.between(START, now.isAfter(done) ? now : done), Duration.ZERO);
  }

  private long fullPages() {
    long full = scenario.videos() / scenario.batchSize();
    int rest = scenario.videos() % scenario.batchSize();
    return full * ceil(scenario.batchSize(), scenario.rowsOfPage())
        + ceil(rest, scenario.rowsOfPage());
  }

  /** This importer. */
  public Outcome run() {
    VirtualClock clock = new VirtualClock(START);
    SimulatedBackend backend = backend();
    long requests = new SimulatedImport(scenario, clock, backend).run(batches);
    return outcome(requests, clock, backend);
  }

  /** The loop of the vendor's examples. */
  public Outcome runVendorLoop() {
    VirtualClock clock = new VirtualClock(START);
    SimulatedBackend backend = backend();
    long requests = new VendorLoop(scenario, clock, backend).run(batches);
    return outcome(requests, clock, backend);
  }

  private SimulatedBackend backend() {
    return new SimulatedBackend(scenario.pace(), scenario.videosPerSecond(), START);
  }

  private static Outcome outcome(long requests, VirtualClock clock, SimulatedBackend backend) {
    return new Outcome(
        requests,
        Duration.between(START, clock.instant()),
        Duration.between(backend.doneAt(), clock.instant()));
  }

  private static int ceil(int items, int size) {
    return (items + size - 1) / size;
  }
}
