package com.nomadicml.beam.benchmarks;

import com.nomadicml.beam.emulator.Emulator;
import com.nomadicml.beam.emulator.EmulatorOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Weighs one launcher: what it takes to start, to wait and to end. */
final class Weighing {
  private static final long GLANCE_MILLIS = 5;
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /** From the first request to a lane that has nothing to do. */
  private static final Duration SETTLING = Duration.ofSeconds(15);

  private static final double MEGABYTE = 1e6;

  private final WeighedProgram program;
  private final Path directory;
  private final Path log;
  private int tables;

  /**
   * @param directory for manifests, tables and the log
   */
  Weighing(WeighedProgram program, Path directory) {
    this.program = program;
    this.directory = directory;
    this.log = directory.resolve("log");
  }

  /** The jar's size in MB. */
  double jar() throws IOException {
    return Files.size(program.jar()) / MEGABYTE;
  }

  /** Seconds that a command takes: the middle of three. */
  double seconds(String... arguments) throws IOException, InterruptedException {
    double[] times = new double[3];
    for (int i = 0; i < times.length; i++) {
      long start = System.nanoTime();
      await(program.start(null, log, arguments));
      times[i] = secondsSince(start);
    }
    return Stream.of(times[0], times[1], times[2]).sorted().toList().get(1);
  }

  /** Seconds of a dry run. */
  double dryRun(int lines) throws IOException, InterruptedException {
    return seconds(
        "--dryRun",
        "--manifest=" + manifest(lines),
        "--statusTable=" + newTables(),
        "--apiUrl=http://127.0.0.1:1");
  }

  /**
   * What an import costs.
   *
   * @param firstPost seconds from its start to its first POST
   * @param seconds to its end
   * @param cpu seconds of processor time
   * @param megabytes most memory that it held; 0 where the system does not tell
   * @param leftBeside files of SQLite beside the table
   */
  record Import(double firstPost, double seconds, double cpu, double megabytes, int leftBeside) {}

  /** Imports through an emulator that has no quota and imports at once. */
  Import importOf(int lines) throws IOException, InterruptedException {
    EmulatorOptions options = new EmulatorOptions();
    options.requestsPerMinute = 0;
    options.requestsPerDay = 0;
    options.appearWithin = Duration.ZERO;
    options.processWithin = Duration.ZERO;
    String table = newTables();
    try (Emulator emulator = Emulator.start(options)) {
      long start = System.nanoTime();
      Process process = start(lines, table, emulator, null);
      double firstPost = 0;
      OptionalLong peak = OptionalLong.empty();
      Duration cpu = Duration.ZERO;
      while (!process.waitFor(GLANCE_MILLIS, TimeUnit.MILLISECONDS)) {
        if (firstPost == 0 && emulator.jobs() > 0) {
          firstPost = secondsSince(start);
        }
        cpu = process.info().totalCpuDuration().orElse(cpu);
        OptionalLong seen = ProcessMemory.peak(process.pid());
        peak = seen.isPresent() ? seen : peak;
      }
      if (process.exitValue() != 0) {
        throw new IllegalStateException("an import ended with " + process.exitValue() + ": " + log);
      }
      return new Import(
          firstPost,
          secondsSince(start),
          cpu.toMillis() / 1e3,
          peak.orElse(0) / 1024.0,
          besides(table));
    }
  }

  /**
   * What a run costs while it waits, and what it leaves when it is killed.
   *
   * @param percent of a core
   * @param grown bytes that a second run, killed too, adds to the temporary files of the first
   */
  record Wait(double percent, long grown) {}

  /** Waits for a backend that takes longer than {@code window}, and kills the run, twice. */
  Wait waitFor(Duration window) throws IOException, InterruptedException {
    EmulatorOptions options = new EmulatorOptions();
    options.processWithin = window.multipliedBy(10);
    Path temporary = Files.createTempDirectory(directory, "tmp");
    double percent = 0;
    long[] left = new long[2];
    for (int i = 0; i < left.length; i++) {
      try (Emulator emulator = Emulator.start(options)) {
        Process process = start(20, newTables(), emulator, temporary);
        while (emulator.jobs() == 0 && process.isAlive()) {
          Thread.sleep(GLANCE_MILLIS);
        }
        if (i == 0) {
          Thread.sleep(SETTLING.toMillis());
          Duration before = process.info().totalCpuDuration().orElse(Duration.ZERO);
          Thread.sleep(window.toMillis());
          Duration spent = process.info().totalCpuDuration().orElse(Duration.ZERO).minus(before);
          percent = 100.0 * spent.toMillis() / window.toMillis();
        }
        process.destroyForcibly().waitFor();
        left[i] = sizes(temporary).values().stream().mapToLong(Long::longValue).sum();
      }
    }
    return new Wait(percent, left[1] - left[0]);
  }

  private Process start(int lines, String table, Emulator emulator, Path temporary)
      throws IOException {
    return program.start(
        temporary,
        log,
        "--manifest=" + manifest(lines),
        "--statusTable=" + table,
        "--apiUrl=" + emulator.url(),
        "--requestsPerMinute=0",
        "--requestsPerDay=0");
  }

  private void await(Process process) throws InterruptedException {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException("not done within " + PATIENCE + ", see " + log);
    }
  }

  private Path manifest(int lines) throws IOException {
    Path manifest = directory.resolve("fleet-" + lines + ".txt");
    if (!Files.exists(manifest)) {
      MixedManifest.write(manifest, lines);
    }
    return manifest;
  }

  private String newTables() {
    return "jdbc:sqlite:" + directory.resolve("status-" + tables++ + ".db");
  }

  private static int besides(String table) {
    String file = table.substring("jdbc:sqlite:".length());
    return (int)
        List.of("-wal", "-shm").stream().filter(end -> Files.exists(Path.of(file + end))).count();
  }

  private static Map<Path, Long> sizes(Path folder) throws IOException {
    Map<Path, Long> sizes = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        sizes.put(file, Files.size(file));
      }
    }
    return sizes;
  }

  private static double secondsSince(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
