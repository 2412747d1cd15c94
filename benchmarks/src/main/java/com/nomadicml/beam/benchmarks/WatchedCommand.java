package com.nomadicml.beam.benchmarks;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code benchmarks/run watched}: a stream that finds one large manifest. */
@Command(
    name = "watched",
    mixinStandardHelpOptions = true,
    description = {
      "Has the launcher watch a folder with one large manifest in it, and stops it once all of its"
          + " lines have come to their end.",
      "Ends with 1 when a line has no row or another one than UPLOADED, or when the stream does not"
          + " end as it should."
    },
    sortOptions = false)
final class WatchedCommand implements Callable<Integer> {
  private static final int TERMINATED = 143;
  private static final Duration PATIENCE = Duration.ofMinutes(30);
  private static final Duration GLANCE = Duration.ofSeconds(1);
  private static final double SECOND = TimeUnit.SECONDS.toNanos(1);

  @Option(names = "--lines", description = "Default: 1000000.")
  private int lines = 1_000_000;

  @Option(
      names = "--launcher",
      description = "The script that starts an import. Default: that of this checkout.")
  private Path script = Path.of(System.getProperty("nomadic.home", ".."), "nomadic-import");

  @Spec private CommandSpec spec;

  /** What was seen first, and when, in seconds from the start. */
  private static final class Seen {
    double firstRows = -1;
    double firstJob = -1;
    long rowsAtFirstJob;
    double lastRow = -1;
    double end;
    long peakKilobytes;
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    Path directory = Files.createTempDirectory("watched");
    Path inbox = Files.createDirectory(directory.resolve("inbox"));
    Set<String> uris = FleetManifest.write(inbox.resolve("fleet.csv"), lines).uris();
    Tables tables = new FreshTables(null, directory).create("watched");
    List<String> broken = new ArrayList<>();
    try (EmulatorProcess emulator = EmulatorProcess.start(lines)) {
      Launcher launcher = new Launcher(command(inbox, tables, emulator), directory.resolve("log"));
      Launcher.Run run = launcher.start();
      try {
        Seen seen = watch(run, tables, launcher);
        run.process().destroy();
        int exitCode = run.exitCode();
        print(out, seen, tables);
        if (exitCode != TERMINATED) {
          broken.add("the stream ended with " + exitCode);
        }
      } finally {
        run.kill();
      }
    }
    var states = tables.states();
    if (!states.keySet().equals(uris) || !Set.copyOf(states.values()).equals(Set.of("UPLOADED"))) {
      broken.add("not every line has one row that is UPLOADED: " + tables.stateCounts());
    }
    out.println(broken.isEmpty() ? "All holds." : String.join("; ", broken));
    out.println("Tables and log: " + directory);
    out.flush();
    return broken.isEmpty() ? 0 : 1;
  }

  private Seen watch(Launcher.Run run, Tables tables, Launcher launcher) throws Exception {
    Seen seen = new Seen();
    long start = System.nanoTime();
    while (true) {
      TimeUnit.MILLISECONDS.sleep(GLANCE.toMillis());
      double now = (System.nanoTime() - start) / SECOND;
      if (!run.isAlive()) {
        throw new IllegalStateException(
            "the stream ended with " + run.exitCode() + ", see " + launcher.log());
      }
      if (now > PATIENCE.toSeconds()) {
        throw new IllegalStateException("not done within " + PATIENCE + ", see " + launcher.log());
      }
      seen.peakKilobytes = ProcessMemory.peak(run.process().pid()).orElse(seen.peakKilobytes);
      if (tables.openRuns() == 0) {
        continue;
      }
      long items = tables.items();
      if (seen.firstRows < 0 && items > 0) {
        seen.firstRows = now;
      }
      if (seen.firstJob < 0 && tables.acceptedJobs() > 0) {
        seen.firstJob = now;
        seen.rowsAtFirstJob = items;
      }
      if (seen.lastRow < 0 && items >= lines) {
        seen.lastRow = now;
      }
      if (items >= lines && tables.openItems() == 0) {
        seen.end = now;
        return seen;
      }
    }
  }

  private void print(PrintWriter out, Seen seen, Tables tables) throws Exception {
    out.printf(
        Locale.ROOT,
        "%,d lines: the first rows after %.0f s, the first request after %.0f s with %,d rows in"
            + " the table, the last row after %.0f s, all done after %.0f s; %,d batches of at most"
            + " %,d items; %,d MB at the most%n",
        lines,
        seen.firstRows,
        seen.firstJob,
        seen.rowsAtFirstJob,
        seen.lastRow,
        seen.end,
        tables.batches(),
        tables.largestBatch(),
        seen.peakKilobytes / 1_024);
  }

  private List<String> command(Path inbox, Tables tables, EmulatorProcess emulator) {
    return List.of(
        script.toString(),
        "--streaming",
        "--manifest=" + inbox + "/*.csv",
        "--watchInterval=PT5S",
        "--maxBatchDelay=PT5S",
        "--statusTable=" + tables.url(),
        "--apiUrl=" + emulator.url(),
        "--requestsPerMinute=0",
        "--requestsPerDay=0");
  }
}
