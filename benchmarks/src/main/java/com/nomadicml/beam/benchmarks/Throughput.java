package com.nomadicml.beam.benchmarks;

import com.nomadicml.beam.benchmarks.MeasuredProcess.Cost;
import java.time.Duration;

/**
 * What a program made of a manifest.
 *
 * @param emulatorCpu processor time that the emulator spent on it
 * @param uploaded rows that say so
 * @param requests as the tables have it; 0 where a program counts none
 */
record Throughput(
    int items,
    Contestant program,
    String store,
    Cost cost,
    Duration emulatorCpu,
    long uploaded,
    long requests) {

  double seconds() {
    return cost.time().toMillis() / 1_000.0;
  }

  double secondsAnItem() {
    return seconds() / items;
  }

  boolean isComplete() {
    return cost.exitCode() == 0 && uploaded == items;
  }
}
