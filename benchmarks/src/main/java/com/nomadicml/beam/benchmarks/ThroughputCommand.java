package com.nomadicml.beam.benchmarks;

import com.nomadicml.beam.benchmarks.MeasuredProcess.Cost;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code benchmarks/run throughput}: how fast manifests of fleet size are imported. */
@Command(
    name = "throughput",
    mixinStandardHelpOptions = true,
    description = {
      "Imports manifests of several sizes through an emulator that has no quota and imports at"
          + " once: with the launcher, with a straight-line program without Beam, and with the loop"
          + " of the vendor's examples in Python; one after the other, each in a process of its own"
          + " and with a fresh emulator.",
      "Ends with 1 when a row is not UPLOADED, or when the launcher misses a bar at 1,000,000 or"
          + " more."
    },
    sortOptions = false)
final class ThroughputCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final Duration PATIENCE_AN_ITEM = Duration.ofMillis(1);

  /** What {@code nomadic-import} gives to Java for a manifest of some size. */
  static final List<String> LAUNCHER_OPTIONS =
      List.of("-XX:+UseSerialGC", "-Xms32m", "-XX:FreqInlineSize=100", "-XX:InlineSmallCode=1000");

  /** What it gave before it was light. */
  static final List<String> EARLIER_OPTIONS =
      List.of("-XX:FreqInlineSize=100", "-XX:InlineSmallCode=1000", "-XX:+UseParallelGC");

  @Option(
      names = "--sizes",
      split = ",",
      description = "Items of the manifests. Default: 10000,100000,1000000.")
  private List<Integer> sizes = List.of(10_000, 100_000, 1_000_000);

  @Option(
      names = "--programs",
      split = ",",
      description = "Which to run: ${COMPLETION-CANDIDATES}. Default: all.")
  private List<Contestant> programs = List.of(Contestant.values());

  @Option(
      names = "--sqlite",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Import into SQLite files.")
  private boolean sqlite;

  @Option(names = "--postgres", description = "Import into a PostgreSQL server of its own, too.")
  private boolean postgres;

  @Option(
      names = "--jvmOptions",
      split = " ",
      description = "Of the programs in Java. Default: those of nomadic-import, and -Xmx3g.")
  private List<String> jvmOptions =
      Stream.concat(LAUNCHER_OPTIONS.stream(), Stream.of("-Xmx3g")).toList();

  @Option(
      names = "--earlier",
      description = "The jar of another version, which runs right after the launcher.")
  private Path earlier;

  @Spec private CommandSpec spec;
  private PrintWriter out;
  private Path directory;

  @Override
  public Integer call() throws Exception {
    out = spec.commandLine().getOut();
    directory = Files.createTempDirectory("throughput");
    out.println(
        "| URIs | program | store | s | URIs/s | CPU s | emulator's CPU s | MB | uploaded |"
            + " requests |");
    out.println("|---|---|---|---|---|---|---|---|---|---|");
    List<Throughput> all = new ArrayList<>();
    for (int items : sizes) {
      Path manifest = directory.resolve("fleet-" + items + ".txt");
      MixedManifest.write(manifest, items);
      if (sqlite) {
        all.addAll(runAll(items, manifest, new FreshTables(null, directory)));
      }
      if (postgres) {
        try (EmbeddedPostgres server = EmbeddedPostgres.start()) {
          String url = server.getJdbcUrl("postgres", "postgres");
          all.addAll(runAll(items, manifest, new FreshTables(url, directory)));
        }
      }
      Files.delete(manifest);
    }
    ThroughputBars bars = new ThroughputBars(all);
    out.println();
    out.println(
        "| URIs | store | launcher / straight line | launcher / Python | a URI, to 100,000 |");
    out.println("|---|---|---|---|---|");
    bars.ratios().forEach(out::println);
    out.println();
    bars.complaints().forEach(out::println);
    if (!bars.complaints().isEmpty()) {
      out.println("What the programs printed: " + directory.resolve("log"));
    }
    out.flush();
    return bars.complaints().isEmpty() ? 0 : 1;
  }

  private List<Throughput> runAll(int items, Path manifest, FreshTables fresh) throws Exception {
    List<Throughput> all = new ArrayList<>();
    for (Contestant program : programs) {
      if (!program.canWriteTo(fresh.kind()) || (program == Contestant.EARLIER && earlier == null)) {
        continue;
      }
      if (!program.isHere()) {
        out.println("Skipped: " + program.title() + ", as there is no python3 with sqlite3 here.");
        continue;
      }
      Throughput run = run(items, manifest, program, fresh);
      print(run);
      all.add(run);
    }
    return all;
  }

  private Throughput run(int items, Path manifest, Contestant program, FreshTables fresh)
      throws Exception {
    Tables tables = fresh.create("throughput");
    try (EmulatorProcess emulator = EmulatorProcess.start(items)) {
      Contestant.Work work =
          new Contestant.Work(manifest, tables, emulator.url(), jvmOptions, earlier, directory);
      Duration before = emulator.cpu();
      Cost cost =
          MeasuredProcess.run(
              program.command(work),
              directory.resolve("log"),
              PATIENCE.plus(PATIENCE_AN_ITEM.multipliedBy(items)));
      Duration emulatorCpu = emulator.cpu().minus(before);
      Map<String, Long> states = cost.exitCode() == 0 ? tables.stateCounts() : Map.of();
      boolean only = states.size() == 1;
      long uploaded = only ? states.getOrDefault("UPLOADED", 0L) : 0;
      long requests = program.keepsRuns() && only ? tables.requests() : 0;
      return new Throughput(items, program, fresh.kind(), cost, emulatorCpu, uploaded, requests);
    } finally {
      fresh.drop("throughput");
    }
  }

  private void print(Throughput run) {
    Cost cost = run.cost();
    OptionalLong peak = cost.peakKilobytes();
    out.printf(
        Locale.ROOT,
        "| %,d | %s | %s | %.1f | %,.0f | %.1f | %.1f | %s | %,d | %s |%n",
        run.items(),
        run.program().title(),
        run.store(),
        run.seconds(),
        run.items() / run.seconds(),
        cost.cpu().toMillis() / 1_000.0,
        run.emulatorCpu().toMillis() / 1_000.0,
        peak.isPresent() ? "%,d".formatted(peak.getAsLong() >> 10) : "n/a",
        run.uploaded(),
        run.requests() == 0 ? "" : "%,d".formatted(run.requests()));
    out.flush();
  }
}
