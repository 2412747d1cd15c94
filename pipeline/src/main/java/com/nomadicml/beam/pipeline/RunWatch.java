package com.nomadicml.beam.pipeline;

import com.google.common.collect.Comparators;
import com.nomadicml.beam.imports.HttpApiFactory;
import com.nomadicml.beam.imports.ImportMetrics;
import com.nomadicml.beam.status.LaneLease;
import com.nomadicml.beam.status.LaneStore;
import com.nomadicml.beam.status.LeaseHeldException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.apache.beam.sdk.PipelineResult;

/**
 * Beside a running pipeline: keeps its row up to date, shows how far it is, and ends it early when
 * too much fails, or another run has taken its place.
 */
final class RunWatch {
  private static final org.joda.time.Duration TICK = org.joda.time.Duration.millis(500);

  /** How often the lane of a stream is asked whether it has ended, where asking costs little. */
  private static final Duration LOOKS = Duration.ofSeconds(5);

  /** How long a pipeline may take to write what it knows once it sends nothing any more. */
  private static final Duration GRACE = Duration.ofMinutes(5);

  /** A stream has no end to wait for: what it has sent is in the tables. */
  private static final Duration GRACE_OF_A_STREAM = Duration.ofSeconds(10);

  /** Fewer finished items say nothing of the rest. */
  private static final long ENOUGH_ITEMS = 1_000;

  private final ImportSettings settings;
  private final HttpApiFactory api;
  private final RunRecord run;
  private final Clock clock;
  private final LeaseKeeper leases;
  private final ProgressDisplay display;
  private final Interruption interruption;
  private Instant nextLook = Instant.EPOCH;
  private Optional<String> stopped = Optional.empty();
  private boolean refused;
  private Instant cancelAt = Instant.MAX;

  RunWatch(
      ImportSettings settings,
      HttpApiFactory api,
      RunRecord run,
      LeaseKeeper leases,
      Clock clock,
      ProgressDisplay display,
      Interruption interruption) {
    this.settings = settings;
    this.api = api;
    this.run = run;
    this.clock = clock;
    this.display = display;
    this.interruption = interruption;
    this.leases = leases;
  }

  /**
   * How a pipeline ended.
   *
   * @param counters as they were before it was cancelled: not every runner can tell afterwards
   * @param stopped why it was stopped before its end, if it was
   * @param refused whether that was a refusal of the account
   * @param away why it waits for the API no longer, if it does not
   */
  record End(Counters counters, Optional<String> stopped, boolean refused, Optional<String> away) {}

  /**
   * Waits for the end.
   *
   * @throws LeaseHeldException if another run has taken this one's place
   */
  End await(PipelineResult result) {
    while (true) {
      PipelineResult.State state = result.waitUntilFinish(TICK);
      boolean ended = state != null && state.isTerminal();
      if (leases.isLost()) {
        cancel(result);
        leases.throwIfLost();
      }
      if (ended && state != PipelineResult.State.DONE) {
        throw new IllegalStateException("the pipeline ended as " + state);
      }
      if (interruption.code().isPresent() && !settings.isStreaming()) {
        // Planning sends nothing; what it has written is planned by the next run again.
        cancel(result);
        interruption.throwIfSignalled();
      }
      Counters counters = Counters.of(result);
      run.seen(counters);
      display.tick();
      if (stopped.isEmpty()) {
        Optional<String> excess = excessOfFailures(counters);
        Optional<String> refusal = refusalOfAStream(counters);
        refused = excess.isEmpty() && refusal.isPresent();
        stopped = excess.or(() -> refusal).or(this::endOfAStream);
        stopped.ifPresent(this::stop);
        if (stopped.isEmpty() && interruption.code().isPresent()) {
          stopped = Optional.of("a signal has ended it");
          api.stop(stopped.get());
          cancelAt = clock.instant().plus(Interruption.GRACE.dividedBy(2));
        }
      }
      if (ended) {
        return new End(counters, stopped, refused, Optional.empty());
      }
      if (clock.instant().isAfter(cancelAt)) {
        cancel(result);
        return new End(counters, stopped, refused, Optional.empty());
      }
      run.exchangeWhenDue();
    }
  }

  /**
   * A batch run comes to its end by itself once nothing can be sent; a stream never does. Flink
   * tells no counters of a job that runs, but an embedded one is in this process.
   */
  private Optional<String> refusalOfAStream(Counters counters) {
    if (!settings.isStreaming()) {
      return Optional.empty();
    }
    return counters.get(ImportMetrics.ACCOUNT_REFUSALS) > 0
        ? Optional.of(api.stopReason().orElse("the API refused the account"))
        : api.stopReason();
  }

  /** What the lane of a stream has ended with: nothing is sent any more. */
  private Optional<String> endOfAStream() {
    Instant now = clock.instant();
    if (!settings.isStreaming() || now.isBefore(nextLook)) {
      return Optional.empty();
    }
    LaneStore lane = settings.store().lane();
    nextLook = now.plus(Comparators.max(LOOKS, lane.pollInterval()));
    return lane.lease().endOf(settings.runId()).map(LaneLease.End::message);
  }

  /** Sends nothing any more, and lets the pipeline write what it knows: so the tables are right. */
  private void stop(String reason) {
    api.stop(reason);
    cancelAt = clock.instant().plus(settings.isStreaming() ? GRACE_OF_A_STREAM : GRACE);
  }

  /** Why a run with these counts has to stop, if it has to. */
  private Optional<String> excessOfFailures(Counters counters) {
    double threshold = settings.failureThreshold();
    Conservation sum = Conservation.of(counters);
    // What earlier runs left failed, and this one does not try again, is none of its failures.
    long finished = sum.finished() - counters.get(ImportMetrics.LEFT);
    double failedPercent = 100.0 * (finished - sum.uploaded()) / Math.max(1, finished);
    if (threshold == 0 || finished < ENOUGH_ITEMS || failedPercent <= threshold) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "%.1f %% of %,d finished items are not uploaded, more than --failureThreshold=%s",
            failedPercent,
            finished,
            threshold));
  }

  /** The gates first: a runner may let what it runs go on for a while. */
  private void cancel(PipelineResult result) {
    api.close();
    try {
      result.cancel();
    } catch (IOException e) {
      throw new UncheckedIOException("the pipeline can't be cancelled", e);
    }
  }
}
