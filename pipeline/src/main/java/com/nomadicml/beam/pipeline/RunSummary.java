package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.status.StatusReport;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What a run prints at its end: the sum, why items failed, what it cost, where the tables are. */
final class RunSummary {
  private static final int MAX_REASONS = 10;

  private RunSummary() {}

  static void print(
      PrintStream out,
      Conservation sum,
      StatusReport report,
      long requests,
      ImportSettings settings) {
    Map<String, Long> lines = new LinkedHashMap<>();
    lines.put("blank or comment", sum.blank());
    lines.put("rejected", sum.rejected());
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
    lines.forEach((name, items) -> out.printf(Locale.ROOT, "  %,12d %s%n", items, name));
    out.printf(
        Locale.ROOT,
        "%,12d accounted for: %s%n",
        sum.accountedFor(),
        sum.holds() ? "the sum holds" : "THE SUM DOES NOT HOLD");
    printReasons(out, report);
    if (sum.unknownSubmits() > 0) {
      out.printf(
          Locale.ROOT,
          "%,d requests ended in doubt (see import_jobs.unknown_submits)%n",
          sum.unknownSubmits());
    }
    out.printf(
        Locale.ROOT, "%,d requests spent; tables in %s%n", requests, settings.store().describe());
  }

  private static void printReasons(PrintStream out, StatusReport report) {
    report.getReasons().stream()
        .limit(MAX_REASONS)
        .forEach(
            tally ->
                out.printf(
                    Locale.ROOT,
                    "%,14d %s%s %s: %s%n",
                    tally.getItems(),
                    tally.getBucket() == null ? "" : tally.getBucket() + " ",
                    tally.getState(),
                    tally.getErrorCode(),
                    tally.getErrorMessage()));
  }
}
