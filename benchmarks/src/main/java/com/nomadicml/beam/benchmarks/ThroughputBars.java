package com.nomadicml.beam.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What the launcher is held to, beside the yardsticks of the same run. */
final class ThroughputBars {
  /** Below it, the start of a JVM says more than the work. */
  private static final int FLEET = 1_000_000;

  private static final int SMALL = 100_000;
  private static final double MOST_OF_STRAIGHT_LINE = 2;
  private static final double MOST_COST_AN_ITEM = 1.2;
  private static final long MOST_KILOBYTES = 4L << 20;

  private final List<Throughput> all;
  private final List<String> ratios = new ArrayList<>();
  private final List<String> complaints = new ArrayList<>();

  ThroughputBars(List<Throughput> all) {
    this.all = all;
    for (Throughput run : all) {
      if (!run.isComplete()) {
        complaints.add(
            "%s of %,d into %s: exit code %d, %,d rows UPLOADED"
                .formatted(
                    run.program().title(),
                    run.items(),
                    run.store(),
                    run.cost().exitCode(),
                    run.uploaded()));
      } else if (run.program() == Contestant.LAUNCHER) {
        judge(run);
      }
    }
  }

  /** A row of a Markdown table a size and store. */
  List<String> ratios() {
    return ratios;
  }

  /** What does not hold. */
  List<String> complaints() {
    return complaints;
  }

  private void judge(Throughput launcher) {
    Optional<Double> line =
        timesOf(launcher, find(launcher.items(), Contestant.STRAIGHT_LINE, launcher.store()));
    Optional<Double> loop =
        timesOf(launcher, find(launcher.items(), Contestant.VENDOR_LOOP, launcher.store()));
    Optional<Double> growth =
        find(SMALL, Contestant.LAUNCHER, launcher.store())
            .map(small -> launcher.secondsAnItem() / small.secondsAnItem());
    ratios.add(
        "| %,d | %s | %s | %s | %s |"
            .formatted(launcher.items(), launcher.store(), text(line), text(loop), text(growth)));
    if (launcher.items() < FLEET) {
      return;
    }
    complain(launcher, "the straight-line program's time", line, MOST_OF_STRAIGHT_LINE);
    complain(launcher, "the Python loop's time", loop, 1);
    complain(launcher, "the cost a URI at %,d".formatted(SMALL), growth, MOST_COST_AN_ITEM);
    long kilobytes = launcher.cost().peakKilobytes().orElse(0);
    if (launcher.items() == FLEET && kilobytes > MOST_KILOBYTES) {
      complaints.add("the launcher held %,d MB".formatted(kilobytes >> 10));
    }
  }

  private void complain(Throughput launcher, String what, Optional<Double> times, double most) {
    if (times.isPresent() && times.get() > most) {
      complaints.add(
          "%,d into %s: %s times %s, more than %s"
              .formatted(launcher.items(), launcher.store(), text(times), what, most));
    }
  }

  private Optional<Throughput> find(int items, Contestant program, String store) {
    return all.stream()
        .filter(run -> run.items() == items && run.program() == program && run.isComplete())
        .filter(run -> run.store().equals(store))
        .findFirst();
  }

  private static Optional<Double> timesOf(Throughput launcher, Optional<Throughput> yardstick) {
    return yardstick.map(other -> launcher.seconds() / other.seconds());
  }

  private static String text(Optional<Double> ratio) {
    return ratio.map(value -> String.format(Locale.ROOT, "%.2f", value)).orElse("–");
  }
}
