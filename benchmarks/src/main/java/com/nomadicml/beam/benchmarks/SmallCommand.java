package com.nomadicml.beam.benchmarks;

import com.nomadicml.beam.emulator.Emulator;
import com.nomadicml.beam.emulator.EmulatorOptions;
import com.nomadicml.beam.status.StatusStore;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code benchmarks/run small}: how fresh the result of a small import is, and what it costs. */
@Command(
    name = "small",
    mixinStandardHelpOptions = true,
    description = {
      "Imports a few videos of one folder while a backend takes its time, and watches the table.",
      "Ends with 1 when the last is in the table more than 5 s after it was ready, or when it took"
          + " more than 10 requests."
    },
    sortOptions = false)
final class SmallCommand implements Callable<Integer> {
  private static final int MOST_REQUESTS = 10;
  private static final Duration MOST_LAG = Duration.ofSeconds(5);
  private static final long GLANCE_MILLIS = 100;

  @Option(names = "--items", description = "Default: 50.")
  private int items = 50;

  @Option(names = "--seconds", description = "That the backend takes for all. Default: 20.")
  private int seconds = 20;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    Path directory = Files.createTempDirectory("small-import");
    Path manifest = directory.resolve("clips.txt");
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < items; i++) {
      lines.append("s3://fleet-0/clip-").append(i).append(".mp4\n");
    }
    Files.writeString(manifest, lines);
    Tables tables = new FreshTables(null, directory).create("small");
    try (Emulator emulator = Emulator.start(options())) {
      Launcher launcher =
          Launcher.of(manifest, tables, emulator, directory.resolve("log"), "--folder=clips");
      Launcher.Run run = launcher.start();
      while (run.isAlive() && !isAllUploaded(tables)) {
        Thread.sleep(GLANCE_MILLIS);
      }
      Duration lag = Duration.between(emulator.lastDoneAt(), Instant.now());
      int exitCode = run.exitCode();
      long requests = emulator.stats().requests();
      out.printf(
          Locale.ROOT,
          "%d videos, a backend of %d s: %d requests; the last was in the table %.1f s after it was"
              + " ready; exit code %d%n",
          items,
          seconds,
          requests,
          lag.toMillis() / 1_000.0,
          exitCode);
      out.flush();
      boolean holds = exitCode == 0 && requests <= MOST_REQUESTS && lag.compareTo(MOST_LAG) <= 0;
      return holds ? 0 : 1;
    }
  }

  private boolean isAllUploaded(Tables tables) throws Exception {
    return StatusStore.at(tables.url()).hasTables()
        && tables.stateCounts().getOrDefault("UPLOADED", 0L) == items;
  }

  private EmulatorOptions options() {
    EmulatorOptions options = new EmulatorOptions();
    options.videosPerSecond = (double) items / seconds;
    options.appearWithin = Duration.ZERO;
    options.processWithin = Duration.ZERO;
    return options;
  }
}
