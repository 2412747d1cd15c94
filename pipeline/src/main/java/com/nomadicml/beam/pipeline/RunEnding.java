package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.imports.HttpApiFactory;
import com.nomadicml.beam.imports.ImportMetrics;
import com.nomadicml.beam.status.RunFailures;
import com.nomadicml.beam.status.RunState;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;

/** What a run came to: its sum, its words and its exit code. */
final class RunEnding {
  private final ImportSettings settings;
  private final Clock clock;
  private final PrintStream out;
  private final PrintStream err;

  RunEnding(ImportSettings settings, Clock clock, PrintStream out, PrintStream err) {
    this.settings = settings;
    this.clock = clock;
    this.out = out;
    this.err = err;
  }

  /**
   * Checks the sum, writes it into the run's row, and says how the run has ended.
   *
   * @return an {@link ExitCode}
   */
  int finish(HttpApiFactory api, RunRecord run, RunWatch.End end) {
    Counters counters = end.counters();
    Optional<String> stopped = end.stopped();
    Conservation counted = Conservation.of(counters);
    // A stream that was drained leaves its jobs to the next run.
    boolean isCutOff = stopped.isPresent() || settings.isStreaming();
    Conservation sum = isCutOff ? counted.withRestOpen() : counted;
    boolean accountRefused = end.refused() || counters.get(ImportMetrics.ACCOUNT_REFUSALS) > 0;
    RunState state = stateAfter(sum, stopped.isPresent() || accountRefused);
    run.ended(counters);
    run.end(state, sum);
    RunSummary.print(out, sum, counters, failures(), run.requests(), settings);
    if (!sum.holds()) {
      err.println(
          "nomadic-import: the sum does not hold: "
              + sum.cameIn()
              + " items came in, "
              + sum.accountedFor()
              + " are accounted for. Run again with the same command, and report this.");
      return ExitCode.BROKEN;
    }
    if (accountRefused) {
      err.println(
          "nomadic-import: stopped: "
              + stopped
                  .or(api::stopReason)
                  .orElse("the API refused the account; see the summary for its words"));
      return ExitCode.BAD_INPUT;
    }
    stopped.ifPresent(reason -> err.println("nomadic-import: stopped: " + reason));
    end.away()
        .ifPresent(
            reason ->
                err.println(
                    "nomadic-import: " + reason + ". Run again with the same command, later"));
    if (sum.stopped() > 0) {
      err.printf(
          Locale.ROOT,
          "nomadic-import: %,d items were not sent, because all first items of their target failed:"
              + " correct what the summary says, then run again%n",
          sum.stopped());
    }
    return switch (state) {
      case COMPLETED -> ExitCode.OK;
      case STOPPED -> ExitCode.STOPPED;
      case PAUSED -> paused(api.nextRequestAt(clock.instant()));
      default -> ExitCode.SOME_NOT_UPLOADED;
    };
  }

  private RunFailures failures() {
    return settings
        .store()
        .numbers()
        .orElseThrow()
        .failures(settings.runId(), RunSummary.MAX_REASONS);
  }

  /** Says that the quota of the day is spent. */
  int paused(Instant until) {
    err.println(
        "nomadic-import: paused: the request quota is spent. Run again with the same command after "
            + until.truncatedTo(ChronoUnit.SECONDS)
            + ", or use --onQuota=wait");
    return ExitCode.PAUSED;
  }

  private static RunState stateAfter(Conservation sum, boolean stopped) {
    if (!sum.holds()) {
      return RunState.FAILED;
    }
    if (stopped || sum.stopped() > 0) {
      return RunState.STOPPED;
    }
    if (sum.paused() > 0) {
      return RunState.PAUSED;
    }
    return sum.isAllUploaded() ? RunState.COMPLETED : RunState.COMPLETED_WITH_FAILURES;
  }
}
