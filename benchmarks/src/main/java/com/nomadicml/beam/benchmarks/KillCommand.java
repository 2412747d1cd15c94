package com.nomadicml.beam.benchmarks;

import com.nomadicml.beam.benchmarks.KillRound.Kill;
import com.nomadicml.beam.benchmarks.KillRound.Outcome;
import com.nomadicml.beam.emulator.EmulatorOptions;
import com.nomadicml.beam.emulator.EmulatorOptions.Idempotency;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code benchmarks/run kill}: kills an import at random moments, and starts it again. */
@Command(
    name = "kill",
    mixinStandardHelpOptions = true,
    description = {
      "Kills an import at random moments and starts it again with the same command, until it ends.",
      "Then checks that each item has one row with its true state, that the sum holds, and how"
          + " often the API accepted each item."
    },
    sortOptions = false)
final class KillCommand implements Callable<Integer> {
  @Option(names = "--rounds", description = "Each with fresh tables. Default: 50.")
  private int rounds = 50;

  @Option(names = "--items", description = "Items of the manifest. Default: 20000.")
  private int items = 20_000;

  @Option(names = "--maxKills", description = "Most kills of a round. Default: 3.")
  private int maxKills = 3;

  @Option(names = "--batchSize", description = "Items of a request. Default: 500.")
  private int batchSize = 500;

  @Option(
      names = "--maxItems",
      description = "The API refuses larger requests with 413, so that they are cut. Default: 0.")
  private int maxItems;

  @Option(
      names = "--idempotency",
      description = "What the API makes of a repeated key: ${COMPLETION-CANDIDATES}.")
  private Idempotency idempotency = Idempotency.HONOUR;

  @Option(names = "--seed", description = "Of the first round's aims; the next has the next.")
  private long seed = 1;

  @Option(
      names = "--statusTable",
      description = "A jdbc:postgresql: URL, for a schema a round; SQLite files by default.")
  private String statusTable;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    Path directory = Files.createTempDirectory("kill-rounds");
    FleetManifest manifest = FleetManifest.write(directory.resolve("fleet.csv"), items);
    FreshTables tables = new FreshTables(statusTable, directory);
    KillRound round =
        new KillRound(
            manifest, options(idempotency, maxItems), batchSize, directory.resolve("log"));

    Outcome whole = round.play(tables.create("round_0"), new Random(seed), Duration.ZERO, 0);
    out.printf(Locale.ROOT, "An import of %,d items: %.1f s%n", items, seconds(whole.took()));
    Totals totals = new Totals();
    totals.add(whole);
    for (int i = 1; i <= rounds; i++) {
      Random random = new Random(seed + i - 1);
      int kills = 1 + random.nextInt(maxKills);
      Outcome outcome = round.play(tables.create("round_" + i), random, whole.took(), kills);
      totals.add(outcome);
      out.println(line(i, seed + i - 1, outcome));
      out.flush();
    }
    out.print(totals.table(idempotency, rounds));
    out.println("Tables and log: " + directory);
    out.flush();
    return totals.broken == 0 ? 0 : 1;
  }

  /** An API that never makes an import wait. */
  static EmulatorOptions options(Idempotency idempotency, int maxItems) {
    EmulatorOptions options = new EmulatorOptions();
    options.requestsPerMinute = 0;
    options.requestsPerDay = 0;
    options.appearWithin = Duration.ZERO;
    options.processWithin = Duration.ZERO;
    options.idempotency = idempotency;
    options.maxItems = maxItems;
    return options;
  }

  private static String line(int round, long seed, Outcome outcome) {
    String kills =
        outcome.kills().stream()
            .map(kill -> kill.phase().title() + (kill.lostJob() ? "*" : ""))
            .collect(Collectors.joining(", "));
    return String.format(
        Locale.ROOT,
        "round %d (seed %d): %d kills (%s), %d doubles: %s",
        round,
        seed,
        outcome.kills().size(),
        kills,
        outcome.doubles(),
        outcome.complaints().isEmpty() ? "all holds" : outcome.complaints());
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1_000.0;
  }

  /** Sums over all rounds. */
  private static final class Totals {
    private final Map<KillPhase, Integer> phases = new EnumMap<>(KillPhase.class);
    private int kills;
    private int lostJobs;
    private long doubles;
    private int broken;

    void add(Outcome outcome) {
      kills += outcome.kills().size();
      for (Kill kill : outcome.kills()) {
        phases.merge(kill.phase(), 1, Integer::sum);
        lostJobs += kill.lostJob() ? 1 : 0;
      }
      doubles += outcome.doubles();
      broken += outcome.complaints().isEmpty() ? 0 : 1;
    }

    String table(Idempotency idempotency, int rounds) {
      StringBuilder table = new StringBuilder();
      row(table, "Idempotency-Key", idempotency.name().toLowerCase(Locale.ROOT));
      row(table, "rounds", rounds);
      row(table, "kills", kills);
      for (KillPhase phase : KillPhase.values()) {
        row(table, "  " + phase.title(), phases.getOrDefault(phase, 0));
      }
      row(table, "  * of them between a request and its journal", lostJobs);
      row(table, "items accepted twice", doubles);
      row(table, "rounds in which something does not hold", broken);
      return table.toString();
    }

    private static void row(StringBuilder table, String name, Object value) {
      table.append(String.format(Locale.ROOT, "%-48s %s%n", name, value));
    }
  }
}
