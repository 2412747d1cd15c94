package com.nomadicml.beam.benchmarks;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code benchmarks/run NAME}: what anyone can run to see what the README claims. */
@Command(
    name = "benchmarks/run",
    mixinStandardHelpOptions = true,
    description = "Runs a rehearsal or a benchmark of the importer on this machine.",
    subcommands = {})
public final class Benchmarks {
  private Benchmarks() {}

  public static void main(String... args) {
    System.exit(new CommandLine(new Benchmarks()).execute(args));
  }
}
