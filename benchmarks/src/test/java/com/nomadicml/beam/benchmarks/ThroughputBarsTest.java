package com.nomadicml.beam.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.benchmarks.MeasuredProcess.Cost;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** A bar is worth nothing if it cannot be missed. */
class ThroughputBarsTest {
  private static final int MILLION = 1_000_000;

  @Test
  void aLauncherThatClearsEveryBarIsNotComplainedOf() {
    ThroughputBars bars =
        new ThroughputBars(
            List.of(
                run(100_000, Contestant.LAUNCHER, 20, 1, 100_000),
                run(MILLION, Contestant.LAUNCHER, 190, 4, MILLION),
                run(MILLION, Contestant.STRAIGHT_LINE, 100, 1, MILLION),
                run(MILLION, Contestant.VENDOR_LOOP, 200, 1, MILLION)));

    assertThat(bars.complaints()).isEmpty();
    assertThat(bars.ratios())
        .containsExactly(
            "| 100,000 | SQLite | – | – | 1.00 |", "| 1,000,000 | SQLite | 1.90 | 0.95 | 0.95 |");
  }

  @Test
  void everyBarThatIsMissedIsNamed() {
    ThroughputBars bars =
        new ThroughputBars(
            List.of(
                run(100_000, Contestant.LAUNCHER, 10, 1, 100_000),
                run(MILLION, Contestant.LAUNCHER, 210, 5, MILLION),
                run(MILLION, Contestant.STRAIGHT_LINE, 100, 1, MILLION),
                run(MILLION, Contestant.VENDOR_LOOP, 200, 1, MILLION)));

    assertThat(bars.complaints())
        .hasSize(4)
        .anySatisfy(line -> assertThat(line).contains("2.10 times the straight-line program's"))
        .anySatisfy(line -> assertThat(line).contains("1.05 times the Python loop's"))
        .anySatisfy(line -> assertThat(line).contains("2.10 times the cost a URI"))
        .anySatisfy(line -> assertThat(line).contains("5,120 MB"));
  }

  @Test
  void aProgramThatLeavesOneItemOutIsComplainedOf() {
    ThroughputBars bars =
        new ThroughputBars(List.of(run(200, Contestant.STRAIGHT_LINE, 1, 1, 199)));

    assertThat(bars.complaints()).singleElement().asString().contains("199 rows UPLOADED");
  }

  private static Throughput run(
      int items, Contestant program, int seconds, int gigabytes, long uploaded) {
    Cost cost =
        new Cost(
            0, Duration.ofSeconds(seconds), Duration.ZERO, OptionalLong.of((long) gigabytes << 20));
    return new Throughput(items, program, FreshTables.SQLITE, cost, Duration.ZERO, uploaded, 0);
  }
}
