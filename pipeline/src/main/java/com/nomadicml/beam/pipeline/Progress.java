package com.nomadicml.beam.pipeline;

import com.google.common.math.LongMath;
import com.nomadicml.beam.imports.ImportMetrics;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How far a run is.
 *
 * @param sum what has been counted so far
 * @param isPlanned whether every line has been planned, so that the number of items is final
 * @param sent items that this run has sent
 * @param toSend items that this run has to send
 * @param spentToday requests of all runs today
 */
record Progress(
    Conservation sum,
    boolean isPlanned,
    long sent,
    long toSend,
    long spentToday,
    ImportSettings settings,
    Instant startedAt,
    Instant at) {

  static Progress of(
      Counters counters, ImportSettings settings, long spentToday, Instant startedAt, Instant at) {
    Conservation sum = Conservation.of(counters);
    long planned =
        counters.get(ImportMetrics.PLANNED)
            + counters.get(ImportMetrics.IN_FLIGHT)
            + counters.get(ImportMetrics.LEFT);
    return new Progress(
        sum,
        planned > 0 && planned + sum.carriedOver() == sum.items(),
        counters.get(ImportMetrics.SUBMITTED),
        counters.get(ImportMetrics.PLANNED),
        spentToday,
        settings,
        startedAt,
        at);
  }

  /** Items of the run; final once it is planned. */
  long items() {
    return sum.items();
  }

  long done() {
    return sum.itemsAccountedFor();
  }

  /** One line that says all. */
  String describe() {
    return isPlanned && !settings.isStreaming()
        ? String.format(Locale.ROOT, "%,d of %,d items done; %s", done(), items(), details())
        : details();
  }

  /** What goes beside the items done. */
  String details() {
    if (!isPlanned && !settings.isStreaming()) {
      return String.format(Locale.ROOT, "planning: %,d lines read", sum.linesRead());
    }
    List<String> parts = new ArrayList<>();
    parts.add(states());
    parts.add(requests());
    double pace = itemsAMinute();
    if (pace > 0) {
      parts.add(String.format(Locale.ROOT, "%,.0f items/min", pace));
    }
    if (done() < items() && !settings.isStreaming()) {
      parts.add("about " + DryRunReport.text(timeLeft()) + " left");
    }
    return String.join("; ", parts);
  }

  /** By the slower of the quota and the backend. */
  Duration timeLeft() {
    long left = items() - done();
    long unsent = Math.max(0, toSend - sent);
    long requests =
        LongMath.divide(unsent, settings.batchSize(), RoundingMode.CEILING)
            + LongMath.divide(left, settings.rowsAPage(), RoundingMode.CEILING);
    QuotaForecast quota =
        new QuotaForecast(settings.requestsPerMinute(), settings.requestsPerDay());
    Duration byQuota = Duration.between(at, quota.end(requests, spentToday, at));
    double pace = itemsAMinute();
    Duration byPace = pace == 0 ? Duration.ZERO : Duration.ofSeconds((long) (60 * left / pace));
    return byQuota.compareTo(byPace) > 0 ? byQuota : byPace;
  }

  private double itemsAMinute() {
    long millis = Duration.between(startedAt, at).toMillis();
    return millis <= 0 ? 0 : 60_000.0 * sum.finished() / millis;
  }

  private String states() {
    List<String> counts = new ArrayList<>();
    addIfAny(counts, sum.uploaded(), "uploaded");
    addIfAny(counts, sum.failed(), "failed");
    addIfAny(counts, sum.missing(), "missing");
    addIfAny(counts, sum.refused(), "refused");
    addIfAny(counts, sum.unknown(), "unknown");
    addIfAny(counts, sum.open(), "left open");
    addIfAny(counts, sum.stopped(), "stopped");
    addIfAny(counts, sent, "sent");
    if (counts.isEmpty()) {
      // A stream's runner may tell what it has counted only when the job ends.
      return settings.isStreaming() ? "nothing counted yet" : "nothing sent yet";
    }
    return String.join(", ", counts);
  }

  private String requests() {
    return settings.requestsPerDay() == 0
        ? String.format(Locale.ROOT, "%,d requests today", spentToday)
        : String.format(
            Locale.ROOT, "%,d of today's %,d requests", spentToday, settings.requestsPerDay());
  }

  private static void addIfAny(List<String> counts, long items, String state) {
    if (items > 0) {
      counts.add(String.format(Locale.ROOT, "%,d %s", items, state));
    }
  }
}
