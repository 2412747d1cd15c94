package com.nomadicml.beam.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * Memory of a running process (resident set), in kilobytes; absent where the system does not tell.
 */
final class ProcessMemory {
  private ProcessMemory() {}

  static OptionalLong now(long pid) {
    return read(pid, "VmRSS:");
  }

  /** The most that it has held. */
  static OptionalLong peak(long pid) {
    return read(pid, "VmHWM:");
  }

  /** Linux keeps it; gone with the process. */
  private static OptionalLong read(long pid, String field) {
    try {
      return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
          .filter(line -> line.startsWith(field))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }
}
