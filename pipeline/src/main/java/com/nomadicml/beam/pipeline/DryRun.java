package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.api.RequestBudget;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;

/**
 * {@code --dryRun}: tells what a run would do. Writes no table and needs no key. With one, it asks
 * the API for the saved integrations: one request.
 */
final class DryRun {
  private final ImportOptions options;
  private final ImportSettings settings;
  private final Clock clock;
  private final PrintStream out;
  private final PrintStream err;

  DryRun(
      ImportOptions options,
      ImportSettings settings,
      Clock clock,
      PrintStream out,
      PrintStream err) {
    this.options = options;
    this.settings = settings;
    this.clock = clock;
    this.out = out;
    this.err = err;
  }

  /** Plans, prints, and returns {@link ExitCode#OK}. */
  int run() {
    new AccountCheck(AccountCheck.Terms.of(options), settings, clock, err).checkApi();
    boolean hasLedger = settings.store().hasTables();
    Pipeline pipeline = Pipeline.create(options);
    pipeline.apply(
        "DryRun",
        new PlanPipeline(
            settings, hasLedger, OptionValues.blankToNull(options.getRejected()), clock));
    PipelineResult result = pipeline.run();
    PipelineResult.State state = result.waitUntilFinish();
    if (state != PipelineResult.State.DONE) {
      throw new IllegalStateException("the pipeline ended as " + state);
    }
    Instant now = clock.instant();
    List<TargetTally> tallies = TallyTargets.of(result);
    DryRunReport report =
        new DryRunReport(
            settings,
            Counters.of(result),
            tallies,
            tallies.isEmpty() ? DryRunIntegrations.notAsked() : DryRunIntegrations.ask(settings),
            TallyRejections.of(result),
            hasLedger ? settings.store().requestsOn(RequestBudget.dayOf(now)) : 0,
            now);
    report.print(options.getJson() ? err : out);
    if (options.getJson()) {
      out.println(report.json());
    }
    return ExitCode.OK;
  }
}
