package com.nomadicml.beam.emulator;

import java.util.Map;
import java.util.TreeMap;

/** Counts what was asked and what was answered. */
final class Stats {
  private final Map<String, Long> byRoute = new TreeMap<>();
  private final Map<Integer, Long> byStatus = new TreeMap<>();

  synchronized void count(String route, int status) {
    byRoute.merge(route, 1L, Long::sum);
    byStatus.merge(status, 1L, Long::sum);
  }

  synchronized EmulatorStats snapshot(Map<String, Integer> timesAccepted, int jobs, int peak) {
    return new EmulatorStats(
        byRoute.values().stream().mapToLong(Long::longValue).sum(),
        peak,
        Map.copyOf(byRoute),
        Map.copyOf(byStatus),
        jobs,
        timesAccepted.size(),
        timesAccepted.values().stream().filter(times -> times > 1).count());
  }
}
