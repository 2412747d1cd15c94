package com.nomadicml.beam.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** Runs a command to its end, and watches what it costs. */
final class MeasuredProcess {
  private static final long GLANCE_MILLIS = 50;

  private MeasuredProcess() {}

  /**
   * What it cost, its start included.
   *
   * @param cpu processor time, as last seen before its end
   * @param peakKilobytes most memory it held (resident set); absent where the system does not tell
   */
  record Cost(int exitCode, Duration time, Duration cpu, OptionalLong peakKilobytes) {}

  /**
   * Runs {@code command}, all it prints appended to {@code log}.
   *
   * @throws IllegalStateException if it does not end in time, and after it was killed for that
   */
  static Cost run(List<String> command, Path log, Duration patience)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().put("NOMADIC_API_KEY", "sk-benchmark");
    long start = System.nanoTime();
    Process process = builder.start();
    Duration cpu = Duration.ZERO;
    OptionalLong peak = OptionalLong.empty();
    while (!process.waitFor(GLANCE_MILLIS, TimeUnit.MILLISECONDS)) {
      if (System.nanoTime() - start > patience.toNanos()) {
        process.destroyForcibly().waitFor();
        throw new IllegalStateException("not done within " + patience + ", see " + log);
      }
      cpu = process.info().totalCpuDuration().orElse(cpu);
      OptionalLong seen = ProcessMemory.peak(process.pid());
      peak = seen.isPresent() ? seen : peak;
    }
    return new Cost(process.exitValue(), Duration.ofNanos(System.nanoTime() - start), cpu, peak);
  }
}
