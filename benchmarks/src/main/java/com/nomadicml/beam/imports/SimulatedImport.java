package com.nomadicml.beam.imports;

import com.nomadicml.beam.api.NomadicApi;
import com.nomadicml.beam.api.NomadicApiFactory;
import com.nomadicml.beam.api.QuotaSpentException;
import com.nomadicml.beam.api.RequestBudget;
import com.nomadicml.beam.model.ImportJob;
import com.nomadicml.beam.model.JobState;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An import as the pipeline does it: canaries, then the other submits, then the looks. When the day
 * is spent the run pauses, and the next day's run starts from what the ledger would know.
 */
final class SimulatedImport {
  private static final Duration PATIENCE = Duration.ofMinutes(15);
  private static final Duration TIMEOUT = Duration.ofDays(365);

  private final Scenario scenario;
  private final VirtualClock clock;
  private final SimulatedBackend backend;

  /** Jobs that are awaited, by their batch's id. */
  private final Map<String, ImportJob> open = new LinkedHashMap<>();

  private long requests;

  SimulatedImport(Scenario scenario, VirtualClock clock, SimulatedBackend backend) {
    this.scenario = scenario;
    this.clock = clock;
    this.backend = backend;
  }

  /** Imports it all, and returns how many requests that took. */
  long run(List<SimulatedFleet.Batch> batches) {
    Deque<SimulatedFleet.Batch> canaries = new ArrayDeque<>();
    Deque<SimulatedFleet.Batch> rest = new ArrayDeque<>(batches);
    if (batches.size() > 1) {
      SimulatedFleet.Batch first = rest.removeFirst();
      int items = Math.min(ElectCanaries.MAX_ITEMS, first.clips().length);
      canaries.add(first.part(0, items));
      if (items < first.clips().length) {
        rest.addFirst(first.part(items, first.clips().length));
      }
    }
    boolean paused;
    do {
      paused = day(canaries, rest);
    } while (paused);
    return requests;
  }

  /** One run of one day; whether it paused. The clock is where the next may start. */
  private boolean day(Deque<SimulatedFleet.Batch> canaries, Deque<SimulatedFleet.Batch> rest) {
    RequestBudget budget =
        new RequestBudget(scenario.requestsPerMinute(), scenario.requestsPerDay());
    LaneGate gate = new LaneGate(budget, PATIENCE, clock, clock::sleep);
    SimulatedApi api = new SimulatedApi(backend, gate, clock);
    try {
      // The key, and the folder.
      api.request();
      api.request();
      boolean canary = !canaries.isEmpty();
      submit(api, canaries);
      if (canary) {
        await(api, List.copyOf(open.values()), true);
      }
      submit(api, rest);
      await(api, List.copyOf(open.values()), false);
    } catch (QuotaSpentException e) {
      // What the ledger knows is all that the next run needs.
    }
    requests += gate.passed();
    boolean paused = !rest.isEmpty() || !open.isEmpty();
    if (paused) {
      clock.sleepUntil(gate.next(clock.instant()));
    }
    return paused;
  }

  private void submit(SimulatedApi api, Deque<SimulatedFleet.Batch> batches) {
    while (!batches.isEmpty()) {
      SimulatedFleet.Batch batch = batches.getFirst();
      int job = api.submit(batch.clips());
      batches.removeFirst();
      ImportJob submitted =
          ImportJob.of(
              batch.id(),
              Integer.toString(job),
              batch.clips().length,
              batch.fingerprint(),
              clock.millis(),
              List.of(),
              List.of());
      open.put(batch.id(), submitted);
    }
  }

  /** Reads a lane to its end, which is that of the jobs or of the day's requests. */
  private void await(SimulatedApi api, List<ImportJob> jobs, boolean firstSuccess) {
    AwaitPolicy policy = new AwaitPolicy(TIMEOUT, scenario.rowsOfPage());
    LaneReader reader =
        new LaneReader(
            new OneApi(api), new JobReader(api, scenario.pageSize()), policy, clock, firstSuccess);
    LaneProgress progress = policy.start(jobs, clock.instant());
    while (!progress.isDone()) {
      LaneReader.Reading reading = reader.read(jobs, progress);
      clock.sleep(reading.pause());
      progress = reading.after();
      if (!firstSuccess) {
        reading.pages().stream()
            .filter(page -> page.getEnd() == JobState.COMPLETED)
            .forEach(page -> open.remove(page.getBatchId()));
      }
    }
  }

  /** Nothing stops a simulation. */
  private record OneApi(SimulatedApi api) implements NomadicApiFactory {
    @Override
    public NomadicApi open(int lane, Duration longestWait) {
      return api;
    }

    @Override
    public void stop(String reason) {
      throw new IllegalStateException(reason);
    }

    @Override
    public Optional<String> stopReason() {
      return Optional.empty();
    }
  }
}
