package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.imports.ImportMetrics;
import com.nomadicml.beam.status.RunFailures;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** What a run prints at its end: the sum, why items failed, what it cost, where the tables are. */
final class RunSummary {
  /** A screenful. */
  static final int MAX_REASONS = 20;

  static final String NEXT_OF_REJECTED =
      "correct the rejected lines in the manifest, then run again: import_videos lists them as"
          + " REJECTED, with manifest and line";

  private static final int LONGEST_EXAMPLE = 120;

  private RunSummary() {}

  static void print(
      PrintStream out,
      Conservation sum,
      Counters counters,
      RunFailures failures,
      long requests,
      ImportSettings settings) {
    Map<String, Long> lines = new LinkedHashMap<>();
    lines.put("blank or comment", sum.blank());
    lines.put("rejected", sum.rejected());
    lines.put(Skips.describe(counters), sum.skipped());
    lines.put("duplicate", sum.duplicate());
    lines.put("already done", sum.alreadyDone());
    lines.put("uploaded", sum.uploaded());
    lines.put("failed", sum.failed());
    lines.put("missing", sum.missing());
    lines.put("refused", sum.refused());
    lines.put("unknown", sum.unknown());
    lines.put("still open", sum.open());
    lines.put("stopped by a canary", sum.stopped());
    out.printf(Locale.ROOT, "%nRun %s%n", settings.runId());
    out.printf(Locale.ROOT, "%,12d lines read%n", sum.linesRead());
    if (sum.carriedOver() != 0) {
      out.printf(Locale.ROOT, "%,12d carried over from earlier runs%n", sum.carriedOver());
    }
    if (sum.expanded() != 0) {
      out.printf(Locale.ROOT, "%,12d more by expanded wildcards%n", sum.expanded());
    }
    lines.forEach((name, items) -> out.printf(Locale.ROOT, "  %,12d %s%n", items, name));
    out.printf(
        Locale.ROOT,
        "%,12d accounted for: %s%n",
        sum.accountedFor(),
        sum.holds() ? "the sum holds" : "THE SUM DOES NOT HOLD");
    if (counters.get(ImportMetrics.LEFT) > 0) {
      out.printf(
          Locale.ROOT,
          "%,12d of the failed, missing and refused are out of attempts (--maxAttempts=%d)%n",
          counters.get(ImportMetrics.LEFT),
          settings.maxAttempts());
    }
    printSetsWithoutViews(out, sum, counters);
    printReasons(out, failures);
    if (sum.rejected() > 0) {
      out.println(NEXT_OF_REJECTED);
    }
    if (sum.unknownSubmits() > 0) {
      out.printf(
          Locale.ROOT,
          "%,d requests are in doubt: nobody knows whether the API accepted them (see"
              + " import_jobs.unknown_submits)%n",
          sum.unknownSubmits());
    }
    printOddities(out, counters);
    ManifestNotes.print(out, counters, settings.reading());
    out.printf(
        Locale.ROOT, "%,d requests spent; tables in %s%n", requests, settings.store().describe());
  }

  /** They count as uploaded, or as done before. */
  private static void printSetsWithoutViews(PrintStream out, Conservation sum, Counters counters) {
    if (sum.withoutViews() > 0) {
      out.printf(
          Locale.ROOT,
          "%,12d of the uploaded lack a view (error_code VIEWS_FAILED)%n",
          sum.withoutViews());
    }
    long before = counters.get(ImportMetrics.DONE_WITHOUT_VIEWS);
    if (before > 0) {
      out.printf(
          Locale.ROOT, "%,12d of the already done lack a view (error_code VIEWS_FAILED)%n", before);
    }
  }

  /** What the API showed that the sum does not, since it says nothing of an item asked for. */
  private static void printOddities(PrintStream out, Counters counters) {
    Map<String, String> oddities = new LinkedHashMap<>();
    oddities.put(
        ImportMetrics.UNREQUESTED_ROWS, "times the API showed a row that we did not ask for");
    oddities.put(
        ImportMetrics.UNKNOWN_STATUSES, "times it showed a status that this version does not know");
    oddities.put(
        ImportMetrics.OTHER_TOTALS,
        "jobs have a total that is not the number of items sent (import_jobs.total)");
    oddities.forEach(
        (counter, what) -> {
          if (counters.get(counter) > 0) {
            out.printf(Locale.ROOT, "%,d %s%n", counters.get(counter), what);
          }
        });
  }

  /** By what has stopped them, and where; the largest first, up to a screenful. */
  private static void printReasons(PrintStream out, RunFailures failures) {
    failures.largest().forEach(reason -> print(out, reason));
    long more = failures.reasons() - failures.largest().size();
    if (more > 0) {
      out.printf(Locale.ROOT, "%14s and %,d more reasons, in the view import_failures%n", "", more);
    }
  }

  private static void print(PrintStream out, RunFailures.Reason reason) {
    out.printf(
        Locale.ROOT,
        "%,14d %s%s: %s (as %s)%n",
        reason.items(),
        reason.bucket() == null ? "" : reason.bucket() + " ",
        ReasonName.of(reason.state(), reason.code()),
        Objects.requireNonNullElse(reason.message(), "no reason given"),
        shortened(reason.example()));
  }

  private static String shortened(String example) {
    return example.length() <= LONGEST_EXAMPLE
        ? example
        : example.substring(0, LONGEST_EXAMPLE) + " …";
  }
}
