package com.nomadicml.beam.benchmarks;

import com.nomadicml.beam.emulator.Emulator;
import com.nomadicml.beam.pipeline.NomadicImport;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Starts imports, each a process of its own that can be killed at any moment: always the same
 * command, its key in the environment.
 *
 * @param log where all that the imports print goes
 */
record Launcher(List<String> command, Path log) {
  /** Longer than any run of a rehearsal takes: one that hangs must not hang the rehearsal. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /** Starting fast matters more than running fast. */
  private static final List<String> JVM_OPTIONS =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx1g");

  /** An import of {@code manifest} through the emulator into the tables, with more options. */
  static Launcher of(Path manifest, Tables tables, Emulator emulator, Path log, String... more) {
    List<String> options = new ArrayList<>();
    options.add("--manifest=" + manifest);
    options.add("--statusTable=" + tables.url());
    options.add("--apiUrl=" + emulator.url());
    options.addAll(List.of(more));
    return new Launcher(
        JavaCommand.of(JVM_OPTIONS, NomadicImport.class, options.toArray(new String[0])), log);
  }

  /** An import under way. */
  record Run(Process process) {

    boolean isAlive() {
      return process.isAlive();
    }

    /** Sends {@code SIGKILL}, and returns when nothing of the process is left. */
    void kill() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }

    /**
     * Waits for the end and returns the exit code.
     *
     * @throws IllegalStateException if it does not end, and after it was killed for that
     */
    int exitCode() throws InterruptedException {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        kill();
        throw new IllegalStateException("an import did not end within " + PATIENCE);
      }
      return process.exitValue();
    }
  }

  Run start() throws IOException {
    File output = log.toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output));
    builder.environment().put("NOMADIC_API_KEY", "sk-rehearsal");
    return new Run(builder.start());
  }
}
