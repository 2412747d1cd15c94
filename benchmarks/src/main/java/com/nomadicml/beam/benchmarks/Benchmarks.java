package com.nomadicml.beam.benchmarks;

import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code benchmarks/run NAME}: what anyone can run to see what the README claims. */
@Command(
    name = "benchmarks/run",
    mixinStandardHelpOptions = true,
    description = "Runs a rehearsal or a benchmark of the importer on this machine.",
    subcommands = {
      KillCommand.class,
      FaultsCommand.class,
      SimulateCommand.class,
      QuotaCommand.class,
      SmallCommand.class,
      SoakCommand.class,
      StatusTimeCommand.class,
      ThroughputCommand.class,
      WatchedCommand.class,
      WeightCommand.class
    })
public final class Benchmarks {
  private static final Logger ALL_LOGS = Logger.getLogger("");

  private Benchmarks() {}

  public static void main(String... args) {
    // The emulator breaks connections on purpose.
    ALL_LOGS.setLevel(Level.OFF);
    System.exit(
        new CommandLine(new Benchmarks()).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
  }
}
