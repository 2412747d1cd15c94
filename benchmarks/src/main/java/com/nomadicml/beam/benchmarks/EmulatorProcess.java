package com.nomadicml.beam.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nomadicml.beam.pipeline.NomadicImport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.List;

/**
 * An emulator in a JVM of its own, without quota, that imports at once. What it keeps of an import
 * would slow the next one down, so each gets a new one.
 */
final class EmulatorProcess implements AutoCloseable {
  private static final String GREETING = "The emulator listens on ";
  private static final int MEGABYTES_FOR_ALL = 1_024;
  private static final int ITEMS_A_MEGABYTE = 1_000;

  private final Process process;
  private final String url;

  private EmulatorProcess(Process process, String url) {
    this.process = process;
    this.url = url;
  }

  /** Starts one that has room for {@code items}. */
  static EmulatorProcess start(int items) throws IOException {
    List<String> options = List.of("-Xmx" + (MEGABYTES_FOR_ALL + items / ITEMS_A_MEGABYTE) + "m");
    List<String> command =
        JavaCommand.of(
            options,
            NomadicImport.class,
            "emulator",
            "--port=0",
            "--requestsPerMinute=0",
            "--requestsPerDay=0",
            "--appearWithin=PT0S",
            "--processWithin=PT0S");
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    BufferedReader output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    String line = output.readLine();
    if (line == null || !line.startsWith(GREETING)) {
      process.destroyForcibly();
      throw new IllegalStateException("the emulator does not start: " + line);
    }
    return new EmulatorProcess(process, line.substring(GREETING.length()));
  }

  String url() {
    return url;
  }

  /** Processor time that it has used; zero where the system does not tell. */
  Duration cpu() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
