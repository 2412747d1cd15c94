package com.nomadicml.beam.benchmarks;

import com.nomadicml.beam.emulator.Emulator;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Says how a soak goes: a line of a table whenever it is asked. */
final class SoakReport {
  private static final double MILLIS = 1_000.0;

  /** A row may come to the table long after its batch was accepted. */
  private static final Duration LATE_ROWS = Duration.ofMinutes(5);

  private final Set<String> reported = new HashSet<>();
  private final PrintWriter out;
  private final FleetEvents events;
  private final Tables tables;
  private final Emulator emulator;
  private final StreamProcess stream;
  private final Instant start = Instant.now();
  private Instant lastLine = start;
  private long lastRequests;

  SoakReport(
      PrintWriter out, FleetEvents events, Tables tables, Emulator emulator, StreamProcess stream) {
    this.out = out;
    this.events = events;
    this.tables = tables;
    this.emulator = emulator;
    this.stream = stream;
    out.println(
        "| minute | events | in the table | ended | from event to SUBMITTED: median | 99 % | most"
            + " | MB | requests a minute |");
    out.println("|---|---|---|---|---|---|---|---|---|");
    out.flush();
  }

  void note(String text) {
    out.printf(Locale.ROOT, "| %.1f | %s | | | | | | | |%n", minutes(start), text);
    out.flush();
  }

  void print() throws SQLException {
    long rows = tables.items();
    List<Double> lags = lags();
    long requests = emulator.requests();
    out.printf(
        Locale.ROOT,
        "| %.1f | %,d | %,d | %,d | %s | %s | %s | %,d | %,.0f |%n",
        minutes(start),
        events.uris().size(),
        rows,
        rows - tables.openItems(),
        quantile(lags, 0.5),
        quantile(lags, 0.99),
        quantile(lags, 1),
        stream.megabytes(),
        (requests - lastRequests) / minutes(lastLine));
    out.flush();
    lastRequests = requests;
    lastLine = Instant.now();
  }

  /** Seconds from event to acceptance, of what is known to be accepted since the last line. */
  private List<Double> lags() throws SQLException {
    return tables.submittedSince(lastLine.minus(LATE_ROWS)).entrySet().stream()
        .filter(item -> reported.add(item.getKey()))
        .map(item -> Duration.between(events.sentAt(item.getKey()), item.getValue()))
        .map(lag -> lag.toMillis() / MILLIS)
        .sorted()
        .toList();
  }

  private static String quantile(List<Double> sorted, double quantile) {
    return sorted.isEmpty()
        ? "-"
        : String.format(
            Locale.ROOT, "%.1f s", sorted.get((int) Math.ceil(quantile * sorted.size()) - 1));
  }

  private static double minutes(Instant since) {
    return Duration.between(since, Instant.now()).toMillis() / MILLIS / 60;
  }
}
