package com.nomadicml.beam.pipeline;

import com.google.common.util.concurrent.MoreExecutors;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import com.nomadicml.beam.api.NomadicApi;
import com.nomadicml.beam.imports.HttpApiFactory;
import com.nomadicml.beam.imports.lane.Ending;
import com.nomadicml.beam.imports.lane.ImportLane;
import com.nomadicml.beam.imports.lane.LaneApi;
import com.nomadicml.beam.imports.lane.LaneRules;
import com.nomadicml.beam.imports.lane.LaneView;
import com.nomadicml.beam.status.LaneStore;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.metrics.MetricsEnvironment;

/** Carries a plan out in the launcher's own thread, once no runner is alive any more. */
final class LaneRun {
  /** How long an answer is waited for: what was sent before is not on the wire any more. */
  private static final Duration REQUEST_TIMEOUT = Duration.ofMinutes(15);

  private static final Duration EXCHANGE = Duration.ofSeconds(20);
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final ImportSettings settings;
  private final HttpApiFactory api;
  private final RunRecord run;
  private final LeaseKeeper leases;
  private final Clock clock;
  private final PrintStream err;
  private final ProgressDisplay display;
  private final LaneCounters counters = new LaneCounters();
  private Instant nextExchange;

  LaneRun(
      ImportSettings settings,
      HttpApiFactory api,
      RunRecord run,
      LeaseKeeper leases,
      Clock clock,
      PrintStream err,
      ProgressDisplay display) {
    this.settings = settings;
    this.api = api;
    this.run = run;
    this.leases = leases;
    this.clock = clock;
    this.err = err;
    this.display = display;
    this.nextExchange = clock.instant().plus(EXCHANGE);
  }

  /** Whether a run is carried out like this. */
  static boolean isFor(ImportOptions options, ImportSettings settings) {
    return options.getRunner() == DirectRunner.class
        && settings.store().hasLane()
        && !settings.isStreaming();
  }

  /**
   * Runs to the end.
   *
   * @param planned what planning has counted
   */
  RunWatch.End run(Counters planned, Instant startedAt) {
    LaneStore store = settings.store().lane();
    store.counted(settings.runId(), "plan", planned.byName());
    ExecutorService pool =
        Executors.newFixedThreadPool(
            settings.apiLanes(),
            new ThreadFactoryBuilder().setNameFormat("lane-%d").setDaemon(true).build());
    try (Closeable scope = MetricsEnvironment.scopedMetricsContainer(counters)) {
      ImportLane lane =
          new ImportLane(rules(), store, laneApi(), task -> execute(pool, task), clock);
      List<String> lapsed = store.events(settings.runId(), AcquireLease.TOOK_OVER);
      lane.open(
          intent ->
              lapsed.contains(intent.runId()) ? intent.at().plus(REQUEST_TIMEOUT) : Instant.MIN);
      Ending ending = lane.run(view -> tick(planned, view, startedAt));
      return end(planned, lane.view(), store, ending);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the run was interrupted", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      MoreExecutors.shutdownAndAwaitTermination(pool, GRACE);
    }
  }

  private void execute(ExecutorService pool, Runnable task) {
    pool.execute(
        () -> {
          MetricsEnvironment.setCurrentContainer(counters);
          task.run();
        });
  }

  private void tick(Counters planned, LaneView view, Instant startedAt) {
    leases.throwIfLost();
    Instant now = clock.instant();
    display.show(
        Progress.of(counters.now(planned, view), settings, run.spentToday(), startedAt, now));
    if (!now.isBefore(nextExchange)) {
      nextExchange = now.plus(EXCHANGE);
      run.exchange();
    }
  }

  private RunWatch.End end(Counters planned, LaneView view, LaneStore store, Ending ending) {
    if (ending.kind() != Ending.Kind.DONE) {
      store.event(settings.runId(), clock.instant(), ending.kind().name(), ending.message());
    }
    if (ending.kind() == Ending.Kind.AWAY) {
      err.println(
          "nomadic-import: " + ending.message() + ". Run again with the same command, later");
    }
    if (ending.kind() == Ending.Kind.REFUSED) {
      api.stop(ending.message());
    }
    Counters all = counters.end(planned, view, store.outcomes(settings.runId()), ending);
    Optional<String> stopped =
        ending.kind() == Ending.Kind.STOPPED ? Optional.of(ending.message()) : Optional.empty();
    return new RunWatch.End(all, stopped, false);
  }

  private LaneRules rules() {
    return new LaneRules(
        settings.runId(),
        settings.apiLanes(),
        settings.pageSize(),
        settings.rowsAPage(),
        settings.canary(),
        settings.failureThreshold(),
        settings.maxAttempts(),
        settings.onUnknownSubmit(),
        settings.awaitTimeout(),
        settings.patience());
  }

  private LaneApi laneApi() {
    NomadicApi client = api.openBriefly();
    return new LaneApi() {
      @Override
      public NomadicApi client() {
        return client;
      }

      @Override
      public Instant nextRequestAt(Instant now) {
        return api.nextRequestAt(now);
      }

      @Override
      public Duration quotaPatience() {
        return api.quotaPatience();
      }
    };
  }
}
