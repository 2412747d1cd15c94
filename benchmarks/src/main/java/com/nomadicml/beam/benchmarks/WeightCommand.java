package com.nomadicml.beam.benchmarks;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code benchmarks/run weight}: what a run weighs, and what it costs while it waits. */
@Command(
    name = "weight",
    mixinStandardHelpOptions = true,
    description = {
      "Weighs ./nomadic-import on this machine: its jar, its start, its memory, and a run that"
          + " waits; each figure beside its goal, and beside the jar of an earlier version.",
      "Ends with 1 when a figure misses its goal. Seconds are this machine's: the ratio counts."
    },
    sortOptions = false)
final class WeightCommand implements Callable<Integer> {
  private static final int FEW = 20;
  private static final int LINES_OF_A_DRY_RUN = 300;

  /** Megabytes of memory at most, by lines. */
  private static final Map<Integer, Double> MEMORY =
      Map.of(FEW, 500.0, 1_000_000, 1_000.0, 5_000_000, 3_000.0);

  @Option(names = "--earlier", description = "The jar of another version, weighed in between.")
  private Path earlier;

  @Option(
      names = "--sizes",
      split = ",",
      description = "Lines of the imports. Default: 20; 1000000 and 5000000 have goals, too.")
  private List<Integer> sizes = List.of(FEW);

  @Option(names = "--window", description = "How long a waiting run is watched. Default: PT1M.")
  private Duration window = Duration.ofMinutes(1);

  @Spec private CommandSpec spec;
  private PrintWriter out;
  private boolean isMissed;

  @Override
  public Integer call() throws Exception {
    out = spec.commandLine().getOut();
    Path directory = Files.createTempDirectory("weight");
    List<Weighing> all = new ArrayList<>();
    all.add(new Weighing(WeighedProgram.ofCheckout(), directory));
    // What it prepares at its first start is not what a start costs.
    all.get(0).seconds("--version");
    if (earlier != null) {
      all.add(
          new Weighing(
              WeighedProgram.ofJar(earlier), Files.createDirectory(directory.resolve("earlier"))));
    }
    out.println("| what | launcher | goal | earlier | launcher / earlier |");
    out.println("|---|---|---|---|---|");
    print("jar, MB", 120, weigh(all, Weighing::jar));
    print("`--help`, s", 0.5, weigh(all, each -> each.seconds("--help")));
    String none = "--statusTable=jdbc:sqlite:" + directory.resolve("none.db");
    print("`status`, s", 0.8, weigh(all, each -> each.seconds("status", none)));
    print("dry run of 300 lines, s", 5, weigh(all, each -> each.dryRun(LINES_OF_A_DRY_RUN)));
    for (int size : sizes) {
      weighImports(all, size);
    }
    List<Weighing.Wait> waits = new ArrayList<>();
    for (Weighing each : all) {
      waits.add(each.waitFor(window));
    }
    print(
        "CPU while it waits, % of a core", 5, waits.stream().map(Weighing.Wait::percent).toList());
    print(
        "left in the temporary folder by a second SIGKILL, MB",
        0,
        waits.stream().map(wait -> wait.grown() / 1e6).toList());
    out.println();
    out.println("What the programs printed: " + directory);
    out.flush();
    return isMissed ? 1 : 0;
  }

  private void weighImports(List<Weighing> all, int lines) throws Exception {
    List<Weighing.Import> imports = new ArrayList<>();
    for (Weighing each : all) {
      imports.add(each.importOf(lines));
    }
    String of = String.format(Locale.ROOT, "%,d lines: ", lines);
    boolean isSmall = lines <= FEW;
    Map<String, List<Double>> figures = new LinkedHashMap<>();
    print(
        of + "memory, MB",
        MEMORY.getOrDefault(lines, Double.NaN),
        imports.stream().map(Weighing.Import::megabytes).toList());
    print(
        of + "start to first POST, s",
        isSmall ? 4 : Double.NaN,
        imports.stream().map(Weighing.Import::firstPost).toList());
    figures.put("all of it, s", imports.stream().map(Weighing.Import::seconds).toList());
    figures.put("CPU, s", imports.stream().map(Weighing.Import::cpu).toList());
    figures.forEach((name, values) -> print(of + name, Double.NaN, values));
    print(
        of + "`-wal`, `-shm` after the end, files",
        0,
        imports.stream().map(each -> (double) each.leftBeside()).toList());
  }

  @FunctionalInterface
  private interface Scale {
    double weigh(Weighing program) throws Exception;
  }

  private static List<Double> weigh(List<Weighing> all, Scale scale) throws Exception {
    List<Double> weights = new ArrayList<>();
    for (Weighing each : all) {
      weights.add(scale.weigh(each));
    }
    return weights;
  }

  /** A line of the table; a goal that is no number is none. */
  private void print(String what, double goal, List<Double> weights) {
    double own = weights.get(0);
    boolean misses = own > goal;
    isMissed |= misses;
    boolean hasEarlier = weights.size() > 1;
    out.printf(
        Locale.ROOT,
        "| %s | %s%s | %s | %s | %s |%n",
        what,
        number(own),
        misses ? " (missed)" : "",
        Double.isNaN(goal) ? "" : "≤ " + number(goal),
        hasEarlier ? number(weights.get(1)) : "",
        hasEarlier && weights.get(1) > 0
            ? String.format(Locale.ROOT, "%.2f", own / weights.get(1))
            : "");
    out.flush();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.2f" : "%,.0f", value);
  }
}
