package com.nomadicml.beam.pipeline;

import static java.util.stream.Collectors.joining;

import com.nomadicml.beam.manifest.SkipReason;
import java.util.Arrays;
import java.util.Locale;

/** Good lines that were left out, by reason. */
final class Skips {
  private Skips() {}

  static long sum(Counters counters) {
    return Arrays.stream(SkipReason.values())
        .mapToLong(reason -> counters.get(reason.metric()))
        .sum();
  }

  /** {@code skipped (2 delete marker, 1 over --limit)}, or just {@code skipped}. */
  static String describe(Counters counters) {
    String reasons =
        Arrays.stream(SkipReason.values())
            .filter(reason -> counters.get(reason.metric()) > 0)
            .map(
                reason ->
                    String.format(
                        Locale.ROOT, "%,d %s", counters.get(reason.metric()), reason.label()))
            .collect(joining(", "));
    return reasons.isEmpty() ? "skipped" : "skipped (" + reasons + ")";
  }
}
