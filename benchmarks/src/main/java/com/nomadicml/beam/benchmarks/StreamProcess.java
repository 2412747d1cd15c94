package com.nomadicml.beam.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** An import that runs for ever, in a process of its own that may be killed and started again. */
final class StreamProcess implements AutoCloseable {
  private final List<String> command;
  private final File log;
  private Process process;

  /**
   * @param log where all that it prints is appended
   */
  StreamProcess(List<String> command, Path log) {
    this.command = command;
    this.log = log.toFile();
  }

  void start() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
    builder.environment().put("NOMADIC_API_KEY", "sk-rehearsal");
    process = builder.start();
  }

  /** Ends it as a power cut would, and starts it again with the same command. */
  void killAndStartAgain() throws IOException, InterruptedException {
    process.destroyForcibly().waitFor();
    start();
  }

  /**
   * @throws IllegalStateException when it has ended
   */
  void checkAlive() {
    if (!process.isAlive()) {
      throw new IllegalStateException(
          "the stream ended with " + process.exitValue() + ", see " + log);
    }
  }

  /** Memory that it holds now (resident set); -1 where the system does not tell. */
  long megabytes() {
    try {
      return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
          .findFirst()
          .orElse(-1);
    } catch (IOException e) {
      return -1;
    }
  }

  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }
}
