package com.nomadicml.beam.pipeline;

import com.google.common.base.Throwables;
import com.nomadicml.beam.api.QuotaSpentException;
import com.nomadicml.beam.api.RequestBudget;
import com.nomadicml.beam.api.Sleeper;
import com.nomadicml.beam.imports.HttpApiFactory;
import com.nomadicml.beam.imports.ImportMetrics;
import com.nomadicml.beam.imports.ImportRefusedException;
import com.nomadicml.beam.imports.RequestQuota;
import com.nomadicml.beam.manifest.ManifestException;
import com.nomadicml.beam.manifest.ManifestPins;
import com.nomadicml.beam.status.LeaseHeldException;
import com.nomadicml.beam.status.RunState;
import com.nomadicml.beam.status.RunStatus;
import com.nomadicml.beam.status.StatusStore;
import com.nomadicml.beam.status.UnreachableStoreException;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.values.PCollection;

/**
 * One run: verify the key, see whose the tables are, run the pipeline, check the sum, keep the
 * run's own row. A {@link TemplateLaunch} ends once the job is described.
 */
final class ImportRun {
  /** A shorter wait is no reason to start anew. */
  private static final Duration PATIENCE = Duration.ofMinutes(15);

  private static final Duration WHATEVER_IT_TAKES = Duration.ofDays(3_650);

  private final ImportOptions options;
  private final ImportSettings settings;
  private final Clock clock;
  private final Sleeper sleeper;
  private final PrintStream out;
  private final PrintStream err;
  private final ProgressDisplay.Factory displays;

  ImportRun(
      ImportOptions options,
      ImportSettings settings,
      Clock clock,
      Sleeper sleeper,
      PrintStream out,
      PrintStream err,
      ProgressDisplay.Factory displays) {
    this.options = options;
    this.settings = settings;
    this.clock = clock;
    this.sleeper = sleeper;
    this.out = out;
    this.err = err;
    this.displays = displays;
  }

  /** Runs to the end and returns an {@link ExitCode}. */
  int run() {
    // A key that is not there is said first: tables may take long to be out of reach.
    settings.apiKey().read();
    AccountCheck account = new AccountCheck(options, settings, clock, err);
    account.checkApi();
    RequestQuota quota = quota();
    HttpApiFactory api =
        new HttpApiFactory(
                settings.runId(),
                settings.apiUrl(),
                settings.apiKey(),
                settings.collection(),
                quota,
                settings.store()::requestsOn,
                clock,
                sleeper)
            .sharing(settings.store().quota().orElse(null));
    RunStatus started =
        RunStatus.started(
                settings.runId(), settings.manifest(), OptionsText.of(options), clock.instant())
            .toBuilder()
            .setManifestPins(
                settings.isStreaming() ? null : ManifestPins.of(settings.manifest(), options))
            .build();
    RunRecord run = new RunRecord(settings.store(), started, api, clock, quota.spentToday());
    try {
      AccountCheck.Access access =
          account.admit(new KeyCheck(api, settings, clock, sleeper, err).verify());
      run.update();
      boolean orgOnly = access == AccountCheck.Access.ORG_ONLY;
      return runPipeline(
          ImportSettings.of(options, settings.runId(), orgOnly),
          api.withOwnerCheck(account.onWorkers(access)),
          run);
    } catch (RuntimeException e) {
      Optional<QuotaSpentException> spent = causeOf(e, QuotaSpentException.class);
      if (spent.isPresent()) {
        settings.store().createTables();
        run.end(RunState.PAUSED);
        return paused(spent.get().until());
      }
      throw e;
    } finally {
      api.close();
    }
  }

  private RequestQuota quota() {
    LocalDate today = RequestBudget.dayOf(clock.instant());
    StatusStore store = settings.store();
    return new RequestQuota(
        settings.requestsPerMinute(),
        settings.requestsPerDay(),
        // One lane sends all of the run's requests, several at once.
        settings.hasLane() ? 1 : settings.apiLanes(),
        settings.waitForQuota() ? WHATEVER_IT_TAKES : PATIENCE,
        today,
        store.hasTables() ? store.requestsOn(today) : 0);
  }

  private int runPipeline(ImportSettings admitted, HttpApiFactory api, RunRecord run) {
    try {
      Pipeline pipeline = Pipeline.create(options);
      build(pipeline, admitted, api, run);
      if (TemplateLaunch.isOne(options)) {
        pipeline.run();
        out.println(
            "Run " + settings.runId() + " is launched; its tables: " + settings.store().describe());
        return ExitCode.OK;
      }
      run.pipelineStarts();
      try (LeaseKeeper leases =
          LeaseKeeper.start(settings, api, Executors.newSingleThreadScheduledExecutor())) {
        return finish(api, run, watch(pipeline, api, run, leases));
      }
    } catch (RuntimeException e) {
      run.end(userMistake(e) == null ? RunState.FAILED : RunState.STOPPED);
      throw e;
    } finally {
      api.close();
      settings.store().leases().release(settings.runId());
    }
  }

  private RunWatch.End watch(
      Pipeline pipeline, HttpApiFactory api, RunRecord run, LeaseKeeper leases) {
    try {
      Instant startedAt = clock.instant();
      PipelineResult result = pipeline.run();
      try (ProgressDisplay display = displays.open()) {
        RunWatch.End end = new RunWatch(settings, api, run, leases, clock, display).await(result);
        if (!settings.hasLane()) {
          return end;
        }
        if (LaneRun.isFor(options, settings)) {
          new LaneRun(settings, api, run, leases, clock, display).run(end.counters(), startedAt);
          DeadLetters.writeOf(settings, options);
        }
        return LaneResult.of(settings.store().lane(), settings.runId(), end.counters());
      }
    } catch (RuntimeException e) {
      leases.throwIfLost();
      throw e;
    }
  }

  private void build(
      Pipeline pipeline, ImportSettings admitted, HttpApiFactory api, RunRecord run) {
    if (settings.isStreaming()) {
      new AcquireLease(settings, clock).acquire(settings.destination());
      pipeline.apply(
          "Stream",
          new StreamPipeline(
              admitted, api, clock, admitted.allowed(settings.store().openDestinations())));
      return;
    }
    if (LaneRun.isFor(options, settings)) {
      pipeline.apply("Import", new PlanAhead(admitted, api, clock));
      return;
    }
    PCollection<?> written = pipeline.apply("Import", new ImportPipeline(admitted, api, clock));
    if (TemplateLaunch.isOne(options)) {
      written.apply("EndRun", new EndRun(run.now(), settings.store(), api, clock));
    }
  }

  private int finish(HttpApiFactory api, RunRecord run, RunWatch.End end) {
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
    RunSummary.print(
        out, sum, counters, settings.store().report(settings.runId()), run.requests(), settings);
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

  private int paused(Instant until) {
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

  private static <E extends Throwable> Optional<E> causeOf(Throwable failure, Class<E> type) {
    return Throwables.getCausalChain(failure).stream()
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst();
  }

  /** The user's own mistake behind a failure, or null when it is not theirs. */
  static String userMistake(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ManifestException
          || cause instanceof ImportRefusedException
          || cause instanceof LeaseHeldException
          || cause instanceof UnreachableStoreException
          || cause instanceof java.io.FileNotFoundException) {
        return cause.getMessage();
      }
    }
    return null;
  }
}
