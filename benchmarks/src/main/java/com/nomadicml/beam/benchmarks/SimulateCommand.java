package com.nomadicml.beam.benchmarks;

import com.nomadicml.beam.imports.Pace;
import com.nomadicml.beam.imports.Scenario;
import com.nomadicml.beam.imports.Simulation;
import com.nomadicml.beam.imports.Simulation.Outcome;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code benchmarks/run simulate}: what imports cost, by a clock that jumps. */
@Command(
    name = "simulate",
    mixinStandardHelpOptions = true,
    description = {
      "Runs planner, policy and budget against a model of the backend and a clock that jumps.",
      "Prints what an import costs beside the floor (one POST a batch and each page once) and the"
          + " loop of the vendor's examples, which reads every page of every unfinished job every"
          + " ten seconds. Options take several values, separated by commas: each combination is a"
          + " line."
    },
    sortOptions = false)
final class SimulateCommand implements Callable<Integer> {
  @Option(names = "--videos", split = ",", description = "Default: 10000,100000,1000000.")
  private List<Integer> videos = List.of(10_000, 100_000, 1_000_000);

  @Option(names = "--batchSize", split = ",", description = "Default: 1000.")
  private List<Integer> batchSizes = List.of(1_000);

  @Option(names = "--pageSize", description = "0 for as many rows as are granted. Default: 500.")
  private int pageSize = 500;

  @Option(names = "--requestsPerMinute", split = ",", description = "Default: 60.")
  private List<Integer> requestsPerMinute = List.of(60);

  @Option(names = "--requestsPerDay", description = "Default: 10000.")
  private int requestsPerDay = 10_000;

  @Option(names = "--pace", split = ",", description = "Of: ${COMPLETION-CANDIDATES}.")
  private List<Pace> paces = List.of(Pace.values());

  @Option(
      names = "--videosPerSecond",
      description = "The backend's average; 10 when slow, 10000 when fast, else 100 by default.")
  private double videosPerSecond;

  @Option(
      names = "--vendor",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Play the vendor's loop too.")
  private boolean vendor;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%10s %6s %4s %-12s | %9s %9s %7s %6s %6s %8s | %9s %6s %6s%n",
        "videos",
        "batch",
        "/min",
        "pace",
        "requests",
        "per 1,000",
        "x floor",
        "days",
        "x floor",
        "lag",
        "vendor",
        "x floor",
        "days");
    for (int count : videos) {
      for (int batchSize : batchSizes) {
        for (int perMinute : requestsPerMinute) {
          for (Pace pace : paces) {
            double average = videosPerSecond > 0 ? videosPerSecond : pace.videosPerSecond();
            print(
                out,
                new Scenario(count, batchSize, pageSize, perMinute, requestsPerDay, pace, average));
          }
        }
      }
    }
    return 0;
  }

  private void print(PrintWriter out, Scenario scenario) {
    Simulation simulation = Simulation.of(scenario);
    Outcome floor = simulation.floor();
    Outcome run = simulation.run();
    out.printf(
        Locale.ROOT,
        "%,10d %,6d %4d %-12s | %,9d %9.2f %7.3f %6.2f %6.2f %8s |",
        scenario.videos(),
        scenario.batchSize(),
        scenario.requestsPerMinute(),
        scenario.pace().name().toLowerCase(Locale.ROOT).replace('_', '-'),
        run.requests(),
        1_000.0 * run.requests() / scenario.videos(),
        (double) run.requests() / floor.requests(),
        run.days(),
        run.days() / floor.days(),
        text(run.lag()));
    if (vendor) {
      Outcome loop = simulation.runVendorLoop();
      out.printf(
          Locale.ROOT,
          " %,9d %6.2f %6.2f",
          loop.requests(),
          (double) loop.requests() / floor.requests(),
          loop.days());
    }
    out.println();
    out.flush();
  }

  private static String text(Duration duration) {
    return duration.toHours() > 0
        ? String.format(Locale.ROOT, "%dh%02dm", duration.toHours(), duration.toMinutesPart())
        : String.format(Locale.ROOT, "%dm%02ds", duration.toMinutes(), duration.toSecondsPart());
  }
}
