package com.nomadicml.beam.imports;

import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.RequestBudget;
import com.nomadicml.beam.imports.lane.SimulatedLane;
import com.nomadicml.beam.model.ImportJob;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An import as a lane does it. When the day is spent the run pauses, and the next day's run starts
 * from what the tables would know.
 */
final class SimulatedImport implements SimulatedLane.World {
  private static final Duration PATIENCE = Duration.ofMinutes(15);

  private final Scenario scenario;
  private final VirtualClock clock;
  private final SimulatedBackend backend;

  /** Batches that are to be sent. */
  private final Map<String, SimulatedFleet.Batch> planned = new LinkedHashMap<>();

  /** Jobs that are awaited, by their batch's id. */
  private final Map<String, ImportJob> open = new LinkedHashMap<>();

  private final Map<String, SimulatedLane.Kept> kept = new HashMap<>();
  private LaneGate gate;
  private SimulatedApi api;
  private JobReader reader;
  private boolean isProven;
  private long requests;

  SimulatedImport(Scenario scenario, VirtualClock clock, SimulatedBackend backend) {
    this.scenario = scenario;
    this.clock = clock;
    this.backend = backend;
  }

  /** Imports it all, and returns how many requests that took. */
  long run(List<SimulatedFleet.Batch> batches) {
    batches.forEach(batch -> planned.put(batch.id(), batch));
    boolean paused;
    do {
      paused = day();
    } while (paused);
    return requests;
  }

  /** One run of one day; whether it paused. The clock is where the next may start. */
  private boolean day() {
    RequestBudget budget =
        new RequestBudget(scenario.requestsPerMinute(), scenario.requestsPerDay());
    gate = new LaneGate(budget, PATIENCE, clock, clock::sleep);
    api = new SimulatedApi(backend, gate, clock);
    reader = new JobReader(api, scenario.pageSize());
    // The key, and the folder.
    api.request();
    api.request();
    boolean paused =
        new SimulatedLane(this, scenario.rowsOfPage(), PATIENCE, kept)
            .run(List.copyOf(planned.keySet()), new ArrayList<>(open.values()), isProven);
    requests += gate.passed();
    if (paused) {
      clock.sleepUntil(gate.next(clock.instant()));
    }
    return paused;
  }

  @Override
  public Instant now() {
    return clock.instant();
  }

  @Override
  public void sleepUntil(Instant instant) {
    clock.sleepUntil(instant);
  }

  @Override
  public Instant nextRequestAt(Instant now) {
    return gate.next(now);
  }

  @Override
  public ImportJob submit(String batchId) {
    SimulatedFleet.Batch batch = planned.remove(batchId);
    int job = api.submit(batch.clips());
    ImportJob submitted =
        ImportJob.of(
            batch.id(),
            Integer.toString(job),
            batch.clips().length,
            batch.fingerprint(),
            clock.millis(),
            List.of(),
            List.of());
    open.put(batchId, submitted);
    return submitted;
  }

  @Override
  public ImportJob job(String batchId) {
    return open.get(batchId);
  }

  @Override
  public Look look(ImportJob job, String cursor) {
    try {
      return reader.read(job, cursor);
    } catch (ApiException e) {
      throw new IllegalStateException("nothing fails in a simulation", e);
    }
  }

  @Override
  public int items(String batchId) {
    SimulatedFleet.Batch batch = planned.get(batchId);
    return batch == null ? open.get(batchId).getRequested() : batch.clips().length;
  }

  @Override
  public List<String> cut(String batchId, int first) {
    SimulatedFleet.Batch whole = planned.remove(batchId);
    List<SimulatedFleet.Batch> parts =
        List.of(whole.part(0, first), whole.part(first, whole.clips().length));
    parts.forEach(part -> planned.put(part.id(), part));
    return parts.stream().map(SimulatedFleet.Batch::id).toList();
  }

  @Override
  public void done(String batchId) {
    open.remove(batchId);
    isProven = true;
  }
}
