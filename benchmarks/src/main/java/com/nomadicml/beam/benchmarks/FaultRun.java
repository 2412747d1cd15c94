package com.nomadicml.beam.benchmarks;

import com.nomadicml.beam.emulator.Emulator;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Imports a manifest through an API with a fault, again and again until nothing is open. */
final class FaultRun {
  /**
   * A request that fails five times in a row is left to the next run; more than this is a fault.
   */
  private static final int MAX_RUNS = 6;

  private static final int OK = 0;
  private static final int SOME_NOT_UPLOADED = 3;

  private final FleetManifest manifest;
  private final int batchSize;
  private final Duration awaitTimeout;
  private final Path log;

  /**
   * What became of it.
   *
   * @param exitCodes of the runs, the last of which left nothing open
   * @param doubles items that the API accepted more than once
   * @param complaints what does not hold
   */
  record Outcome(
      Duration took,
      List<Integer> exitCodes,
      long requests,
      long unknownSubmits,
      Map<String, Long> states,
      long doubles,
      List<String> complaints) {}

  FaultRun(FleetManifest manifest, int batchSize, Duration awaitTimeout, Path log) {
    this.manifest = manifest;
    this.batchSize = batchSize;
    this.awaitTimeout = awaitTimeout;
    this.log = log;
  }

  Outcome play(FaultCase fault, long seed, Tables tables)
      throws IOException, InterruptedException, SQLException {
    try (Emulator emulator = Emulator.start(fault.options(seed))) {
      Instant start = Instant.now();
      List<Integer> exitCodes = new ArrayList<>();
      Launcher launcher = launcher(emulator, tables);
      do {
        exitCodes.add(launcher.start().exitCode());
      } while (exitCodes.size() < MAX_RUNS && tables.openItems() > 0);
      Duration took = Duration.between(start, Instant.now());

      List<String> complaints = Conditions.broken(manifest, emulator, tables);
      long uploaded = tables.stateCounts().getOrDefault("UPLOADED", 0L);
      int expected = uploaded == manifest.uris().size() ? OK : SOME_NOT_UPLOADED;
      if (exitCodes.get(exitCodes.size() - 1) != expected) {
        complaints.add("exit codes " + exitCodes + ", not " + expected + " at last; see " + log);
      }
      long doubles = emulator.stats().acceptedTwice();
      if (doubles > 0) {
        complaints.add(doubles + " items were accepted more than once");
      }
      return new Outcome(
          took,
          exitCodes,
          emulator.stats().requests(),
          tables.unknownSubmits(),
          tables.stateCounts(),
          doubles,
          complaints);
    }
  }

  private Launcher launcher(Emulator emulator, Tables tables) {
    return Launcher.of(
        manifest.file(),
        tables,
        emulator,
        log,
        "--requestsPerMinute=0",
        "--requestsPerDay=0",
        "--batchSize=" + batchSize,
        "--awaitTimeout=" + awaitTimeout);
  }
}
