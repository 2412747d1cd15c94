package com.nomadicml.beam.pipeline;

import com.google.common.base.Throwables;
import com.nomadicml.beam.api.QuotaSpentException;
import com.nomadicml.beam.api.RequestBudget;
import com.nomadicml.beam.api.Sleeper;
import com.nomadicml.beam.imports.HttpApiFactory;
import com.nomadicml.beam.imports.ImportRefusedException;
import com.nomadicml.beam.imports.RequestQuota;
import com.nomadicml.beam.imports.lane.SharedLanes;
import com.nomadicml.beam.manifest.ManifestException;
import com.nomadicml.beam.manifest.ManifestPins;
import com.nomadicml.beam.status.HolderProcess;
import com.nomadicml.beam.status.LeaseHeldException;
import com.nomadicml.beam.status.RunState;
import com.nomadicml.beam.status.RunStatus;
import com.nomadicml.beam.status.StatusStore;
import com.nomadicml.beam.status.UnreachableStoreException;
import java.io.PrintStream;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollection;

/**
 * One run: verify the key, see whose the tables are, run the pipeline, keep the run's own row. A
 * {@link TemplateLaunch} ends once the job is described.
 */
final class ImportRun {
  private final ImportOptions options;
  private final ImportSettings settings;
  private final Clock clock;
  private final Sleeper sleeper;
  private final PrintStream out;
  private final PrintStream err;
  private final RunEnding ending;
  private final SummaryJson summary;
  private final ProgressDisplay.Factory displays;
  private final Interruption interruption;
  private final ProgressDisplay.Mode progress;

  ImportRun(
      ImportOptions options,
      ImportSettings settings,
      Clock clock,
      Sleeper sleeper,
      PrintStream out,
      PrintStream err,
      ProgressDisplay.Factory displays,
      Interruption interruption) {
    this.options = options;
    this.settings = settings;
    this.clock = clock;
    this.sleeper = sleeper;
    this.out = out;
    this.err = err;
    this.summary = SummaryJson.of(options.getSummaryJson());
    // People read what scripts do not.
    this.ending = new RunEnding(settings, clock, summary.isOnStandardOutput() ? err : out, err);
    this.displays = displays;
    this.interruption = interruption;
    this.progress = OptionValues.progress(options.getProgress());
  }

  /** Runs to the end and returns an {@link ExitCode}. */
  int run() {
    int exitCode = runToItsEnd();
    if (!TemplateLaunch.isOne(options)) {
      summary.write(settings.store(), settings.runId(), clock.instant(), out);
    }
    return exitCode;
  }

  private int runToItsEnd() {
    // A key that is not there is said first: tables may take long to be out of reach.
    settings.apiKey().read();
    AccountCheck account = new AccountCheck(AccountCheck.Terms.of(options), settings, clock, err);
    account.checkApi();
    RequestQuota quota = settings.quota(RequestBudget.dayOf(clock.instant()), spentToday());
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
    HolderProcess holder = RemoteWorkers.holder(options);
    RunStatus started =
        RunStatus.started(
                settings.runId(), settings.manifest(), OptionsText.of(options), clock.instant())
            .toBuilder()
            .setHolder(holder.name())
            .setProcess(holder.identity())
            .setMaxAttempts((long) settings.maxAttempts())
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
          orgOnly ? settings.ofOrganisation() : settings,
          api.withOwnerCheck(account.onWorkers(access)),
          run);
    } catch (RuntimeException e) {
      Optional<QuotaSpentException> spent = causeOf(e, QuotaSpentException.class);
      if (spent.isPresent()) {
        settings.store().createTables();
        run.end(RunState.PAUSED);
        return ending.paused(spent.get().until());
      }
      throw e;
    } finally {
      SharedLanes.forget(settings.runId());
      api.forget();
      settings.store().letGo();
    }
  }

  private long spentToday() {
    StatusStore store = settings.store();
    return store.hasTables() ? store.requestsOn(RequestBudget.dayOf(clock.instant())) : 0;
  }

  private int runPipeline(ImportSettings admitted, HttpApiFactory api, RunRecord run) {
    boolean isHandedOver = false;
    try {
      Pipeline pipeline = Pipeline.create(options);
      build(pipeline, admitted, api, run);
      if (TemplateLaunch.isOne(options)) {
        pipeline.run();
        // The lane of a stream renews the leases from then on; a batch job takes its own.
        isHandedOver = settings.isStreaming();
        out.println(
            "Run " + settings.runId() + " is launched; its tables: " + settings.store().describe());
        return ExitCode.OK;
      }
      run.pipelineStarts();
      interruption.during(
          RemoteWorkers.areUsed(options) ? Interruption.Work.ELSEWHERE : Interruption.Work.RUN);
      try (LeaseKeeper leases =
          LeaseKeeper.start(settings, api, Executors.newSingleThreadScheduledExecutor())) {
        return ending.finish(api, run, watch(pipeline, api, run, leases));
      }
    } catch (Interruption.EndedException e) {
      run.end(RunState.STOPPED);
      // Nothing is on the wire any more, so that the next run need not wait.
      settings.store().leases().release(settings.runId());
      throw e;
    } catch (RuntimeException e) {
      if (isKeptOut(e, run)) {
        run.forget();
      } else {
        run.end(userMistake(e) == null ? RunState.FAILED : RunState.STOPPED);
      }
      throw e;
    } finally {
      api.close();
      release(isHandedOver);
    }
  }

  /** Else they expire: whoever takes them then knows that something may be on the wire. */
  private void release(boolean isHandedOver) {
    if (!isHandedOver && !isLaneOpen()) {
      settings.store().leases().release(settings.runId());
    }
  }

  /** A lane of this process that broke. That of a job that has ended sends nothing new. */
  private boolean isLaneOpen() {
    return LaneRun.isFor(options, settings)
        && settings.store().lane().lease().isOpen(settings.runId());
  }

  private RunWatch.End watch(
      Pipeline pipeline, HttpApiFactory api, RunRecord run, LeaseKeeper leases) {
    try {
      PipelineResult result = pipeline.run();
      try (ProgressDisplay display = display()) {
        RunWatch.End end =
            new RunWatch(settings, api, run, leases, clock, display, interruption).await(result);
        KilledRuns.end(settings.store(), clock.instant());
        if (settings.isStreaming()) {
          return LaneResult.ofStream(settings.store().lane(), settings.runId(), end);
        }
        if (LaneRun.isFor(options, settings)) {
          new LaneRun(settings, api, run, leases, clock, display, interruption).run();
          DeadLetters.writeOf(settings, options);
        }
        return LaneResult.of(settings.store().lane(), settings.runId(), end.counters());
      }
    } catch (RuntimeException e) {
      leases.throwIfLost();
      throw e;
    }
  }

  private ProgressDisplay display() {
    return displays.open(
        progress, settings.store().numbers().orElseThrow(), settings.runId(), clock);
  }

  private void build(
      Pipeline pipeline, ImportSettings admitted, HttpApiFactory api, RunRecord run) {
    if (settings.isStreaming()) {
      AcquireLease lease = new AcquireLease(settings, RemoteWorkers.holder(options), clock);
      lease.acquire(settings.destination());
      List<String> open = admitted.allowed(settings.store().openDestinations());
      pipeline.apply("Stream", new StreamPipeline(admitted, api, clock, lease.acquireFree(open)));
      return;
    }
    if (LaneRun.isFor(options, settings)) {
      pipeline.apply("Import", new PlanAhead(admitted, api, clock));
      return;
    }
    ImportPipeline watched = new ImportPipeline(admitted, api, clock);
    if (!TemplateLaunch.isOne(options)) {
      pipeline.apply("Import", watched);
      return;
    }
    PCollection<?> written = pipeline.apply("Import", watched.unwatched());
    pipeline
        .apply("Run", Create.of(run.now()))
        .apply("EndRun", new EndRun(written, settings.store(), api, clock));
  }

  /** Whether another run is at work, and this one has done nothing: a batch has then no plan. */
  private boolean isKeptOut(RuntimeException failure, RunRecord run) {
    return causeOf(failure, LeaseHeldException.class).filter(held -> !held.isLost()).isPresent()
        && !(settings.isStreaming() && run.hasPipeline());
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
