package com.nomadicml.beam.benchmarks;

import com.nomadicml.beam.api.ApiKeySource;
import com.nomadicml.beam.api.RequestBudget;
import com.nomadicml.beam.api.Sleeper;
import com.nomadicml.beam.emulator.Emulator;
import com.nomadicml.beam.emulator.EmulatorOptions;
import com.nomadicml.beam.emulator.EmulatorStats;
import com.nomadicml.beam.imports.HttpApiFactory;
import com.nomadicml.beam.imports.RequestQuota;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code benchmarks/run quota}: what a real import costs, beside the vendor's loop. */
@Command(
    name = "quota",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the launcher against the emulator, whose quota and pace make it take minutes, and then"
          + " the loop of the vendor's examples on the same work within the same quota.",
      "Prints what both cost beside the floor: one POST a batch and each page once. Ends with 1 when"
          + " the launcher was refused for its rate, or needs more than 1.15 times the floor."
    },
    sortOptions = false)
final class QuotaCommand implements Callable<Integer> {
  private static final int PAGE_SIZE = 500;
  private static final int RATE_REFUSED = 429;
  private static final double MOST = 1.15;

  @Option(names = "--items", description = "Items of the manifest. Default: 100000.")
  private int items = 100_000;

  @Option(names = "--batchSize", description = "Items of a request. Default: 1000.")
  private int batchSize = 1_000;

  @Option(names = "--requestsPerMinute", description = "The quota of both. Default: 120.")
  private int requestsPerMinute = 120;

  @Option(names = "--videosPerSecond", description = "The backend's pace. Default: 600.")
  private double videosPerSecond = 600;

  @Option(
      names = "--vendor",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Run the vendor's loop too.")
  private boolean vendor;

  @Spec private CommandSpec spec;
  private PrintWriter out;

  @Override
  public Integer call() throws Exception {
    out = spec.commandLine().getOut();
    Path directory = Files.createTempDirectory("quota-run");
    FleetManifest manifest = FleetManifest.write(directory.resolve("fleet.csv"), items);
    long floor = floor(manifest);
    out.printf(
        Locale.ROOT,
        "%,d videos, %,d a request, %d requests a minute, a backend of %.0f videos a second;"
            + " floor: %,d requests%n",
        items,
        batchSize,
        requestsPerMinute,
        videosPerSecond,
        floor);
    out.println("| | requests | per 1,000 videos | x floor | 429s | most in 60 s | seconds |");
    out.println("|---|---|---|---|---|---|---|");
    List<String> complaints = runLauncher(manifest, directory, floor);
    if (vendor) {
      runVendorLoop(manifest, floor);
    }
    complaints.forEach(out::println);
    out.flush();
    return complaints.isEmpty() ? 0 : 1;
  }

  private List<String> runLauncher(FleetManifest manifest, Path directory, long floor)
      throws Exception {
    Tables tables = new FreshTables(null, directory).create("quota");
    try (Emulator emulator = Emulator.start(options())) {
      Launcher launcher =
          Launcher.of(
              manifest.file(),
              tables,
              emulator,
              directory.resolve("log"),
              "--requestsPerMinute=" + requestsPerMinute,
              "--batchSize=" + batchSize);
      Instant start = Instant.now();
      int exitCode = launcher.start().exitCode();
      print("this importer", emulator.stats(), floor, start);

      List<String> complaints = new ArrayList<>(Conditions.broken(manifest, emulator, tables));
      if (exitCode != 0) {
        complaints.add("exit code " + exitCode + ", see " + directory.resolve("log"));
      }
      if (refused(emulator.stats()) > 0) {
        complaints.add("refused for its rate");
      }
      if (emulator.stats().requests() > MOST * floor) {
        complaints.add("more than " + MOST + " times the floor");
      }
      return complaints;
    }
  }

  private void runVendorLoop(FleetManifest manifest, long floor) throws Exception {
    try (Emulator emulator = Emulator.start(options());
        HttpApiFactory api = api(emulator)) {
      Instant start = Instant.now();
      int uploaded = new VendorImport(api.openHere(), batchSize).run(manifest);
      print("the vendor's loop", emulator.stats(), floor, start);
      if (uploaded != items) {
        out.println("the vendor's loop saw " + uploaded + " videos uploaded");
      }
    }
  }

  private HttpApiFactory api(Emulator emulator) {
    RequestQuota quota =
        new RequestQuota(
            requestsPerMinute, 0, Duration.ofDays(1), RequestBudget.dayOf(Instant.now()), 0);
    return new HttpApiFactory(
        "vendor-loop",
        emulator.url(),
        ApiKeySource.anyKey(),
        "videos",
        quota,
        day -> 0,
        Clock.systemUTC(),
        Sleeper.real());
  }

  private EmulatorOptions options() {
    EmulatorOptions options = new EmulatorOptions();
    options.requestsPerMinute = requestsPerMinute;
    options.requestsPerDay = 0;
    options.videosPerSecond = videosPerSecond;
    return options;
  }

  private void print(String name, EmulatorStats stats, long floor, Instant start) {
    out.printf(
        Locale.ROOT,
        "| %s | %,d | %.2f | %.3f | %d | %d | %d |%n",
        name,
        stats.requests(),
        1_000.0 * stats.requests() / items,
        (double) stats.requests() / floor,
        refused(stats),
        stats.mostInAMinute(),
        Duration.between(start, Instant.now()).toSeconds());
    out.flush();
  }

  private static long refused(EmulatorStats stats) {
    return stats.byStatus().getOrDefault(RATE_REFUSED, 0L);
  }

  private long floor(FleetManifest manifest) {
    long floor = 0;
    for (int size : manifest.sizesOfTargets()) {
      int rest = size % batchSize;
      floor += (long) size / batchSize * (1 + ceil(batchSize)) + (rest == 0 ? 0 : 1 + ceil(rest));
    }
    return floor;
  }

  private static int ceil(int rows) {
    return (rows + PAGE_SIZE - 1) / PAGE_SIZE;
  }
}
