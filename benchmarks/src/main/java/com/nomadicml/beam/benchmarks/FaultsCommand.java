package com.nomadicml.beam.benchmarks;

import com.nomadicml.beam.benchmarks.FaultRun.Outcome;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code benchmarks/run faults}: imports through an API on which everything goes wrong. */
@Command(
    name = "faults",
    mixinStandardHelpOptions = true,
    description = {
      "Imports through an API with each fault alone, then with all together, until nothing is open.",
      "Then checks that each item has one row with its true state, that the sum holds, and that the"
          + " API accepted each item once."
    },
    sortOptions = false)
final class FaultsCommand implements Callable<Integer> {
  @Option(names = "--items", description = "Items of the manifest. Default: 100000.")
  private int items = 100_000;

  @Option(names = "--batchSize", description = "Items of a request. Default: 1000.")
  private int batchSize = 1_000;

  @Option(
      names = "--awaitTimeout",
      description = "When a row counts as never shown; rows are 3 s late at most. Default: PT20S.")
  private Duration awaitTimeout = Duration.ofSeconds(20);

  @Option(names = "--only", split = ",", description = "Names of faults; all by default.")
  private List<String> only = List.of();

  @Option(names = "--seed", description = "Of the faults.")
  private long seed = 1;

  @Option(
      names = "--statusTable",
      description = "A jdbc:postgresql: URL, for a schema a fault; SQLite files by default.")
  private String statusTable;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    List<String> names = FaultCase.all().stream().map(FaultCase::name).toList();
    if (!names.containsAll(only)) {
      throw new ParameterException(
          spec.commandLine(), "--only takes some of " + String.join(",", names));
    }
    PrintWriter out = spec.commandLine().getOut();
    Path directory = Files.createTempDirectory("fault-runs");
    FleetManifest manifest = FleetManifest.write(directory.resolve("fleet.csv"), items);
    FreshTables tables = new FreshTables(statusTable, directory);
    FaultRun run = new FaultRun(manifest, batchSize, awaitTimeout, directory.resolve("log"));

    out.println("| fault | seconds | requests | in doubt | states | doubles | exit codes | |");
    out.println("|---|---|---|---|---|---|---|---|");
    int broken = 0;
    for (FaultCase fault : FaultCase.all()) {
      if (only.isEmpty() || only.contains(fault.name())) {
        String name = "fault_" + fault.name().replace('-', '_');
        Outcome outcome = run.play(fault, seed, tables.create(name));
        out.println(line(fault, outcome));
        out.flush();
        broken += outcome.complaints().isEmpty() ? 0 : 1;
      }
    }
    out.println("Tables and log: " + directory);
    out.flush();
    return broken == 0 ? 0 : 1;
  }

  private static String line(FaultCase fault, Outcome outcome) {
    String states =
        outcome.states().entrySet().stream()
            .map(state -> String.format(Locale.ROOT, "%,d %s", state.getValue(), state.getKey()))
            .collect(Collectors.joining(", "));
    return String.format(
        Locale.ROOT,
        "| %s | %d | %,d | %d | %s | %d | %s | %s |",
        fault.name(),
        outcome.took().toSeconds(),
        outcome.requests(),
        outcome.unknownSubmits(),
        states,
        outcome.doubles(),
        outcome.exitCodes(),
        outcome.complaints().isEmpty() ? "all holds" : outcome.complaints());
  }
}
