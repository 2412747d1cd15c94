package com.nomadicml.beam.benchmarks;

import com.nomadicml.beam.emulator.Emulator;
import com.nomadicml.beam.emulator.EmulatorOptions;
import com.nomadicml.beam.emulator.EmulatorOptions.Idempotency;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Imports a manifest into fresh tables, killing the import now and then until it ends. */
final class KillRound {
  /** The launcher's default of {@code --apiLanes}: so many answers may be on their way. */
  private static final int REQUESTS_AT_ONCE = 4;

  private final FleetManifest manifest;
  private final EmulatorOptions options;
  private final int batchSize;
  private final Path log;

  /**
   * One kill: where the import was aimed at, how far it had come, and whether a job id was lost.
   */
  record Kill(String aim, KillPhase phase, boolean lostJob) {}

  /**
   * What became of a round.
   *
   * @param took how long the last import took, which nobody killed
   * @param doubles items that the API accepted more than once
   * @param complaints what does not hold
   */
  record Outcome(
      List<Kill> kills, int runs, Duration took, long doubles, List<String> complaints) {}

  KillRound(FleetManifest manifest, EmulatorOptions options, int batchSize, Path log) {
    this.manifest = manifest;
    this.options = options;
    this.batchSize = batchSize;
    this.log = log;
  }

  /**
   * @param usual how long an import takes that nobody kills
   * @param maxKills the round ends by itself after so many
   */
  Outcome play(Tables tables, Random random, Duration usual, int maxKills)
      throws IOException, InterruptedException, SQLException {
    try (Emulator emulator = Emulator.start(options)) {
      Launcher launcher = launcher(emulator, tables);
      List<Kill> kills = new ArrayList<>();
      int lost = 0;
      int items = manifest.uris().size();
      int jobs = FleetManifest.targets() + items / batchSize;
      for (int runs = 1; ; runs++) {
        Instant start = Instant.now();
        Launcher.Run run = launcher.start();
        if (kills.size() < maxKills) {
          KillAim aim = KillAim.draw(random, emulator, usual, jobs);
          if (aim.fire(run)) {
            KillPhase phase = KillPhase.of(tables, items, FleetManifest.targets());
            int lostNow = emulator.jobs() - accepted(tables);
            kills.add(new Kill(aim.name(), phase, lostNow > lost));
            // A key that is honoured brings the job back; else it is lost for good.
            lost = options.idempotency == Idempotency.HONOUR ? 0 : Math.max(lost, lostNow);
            continue;
          }
        }
        int exitCode = run.exitCode();
        Duration took = Duration.between(start, Instant.now());
        List<String> complaints = new ArrayList<>();
        if (exitCode != 0) {
          complaints.add("exit code " + exitCode + ", see " + log);
        }
        long doubles = check(emulator, tables, kills.size(), complaints);
        return new Outcome(kills, runs, took, doubles, complaints);
      }
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
        "--batchSize=" + batchSize);
  }

  private static int accepted(Tables tables) {
    try {
      return (int) tables.acceptedJobs();
    } catch (SQLException noTablesYet) {
      return 0;
    }
  }

  /** Adds what does not hold, and returns how many items were accepted more than once. */
  private long check(Emulator emulator, Tables tables, int kills, List<String> complaints)
      throws SQLException {
    complaints.addAll(Conditions.broken(manifest, emulator, tables));
    long doubles = emulator.stats().acceptedTwice();
    long surplus =
        emulator.timesAccepted().values().stream().mapToLong(Integer::longValue).sum()
            - manifest.uris().size();
    long atOnce = (long) REQUESTS_AT_ONCE * batchSize;
    long allowed = options.idempotency == Idempotency.HONOUR ? 0 : kills * atOnce;
    if (surplus > allowed) {
      complaints.add(surplus + " items too many were accepted, at most " + allowed + " may be");
    }
    return doubles;
  }
}
