package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.api.RequestBudget;
import com.nomadicml.beam.imports.HourOfRequests;
import com.nomadicml.beam.imports.HttpApiFactory;
import com.nomadicml.beam.imports.ImportMetrics;
import com.nomadicml.beam.manifest.ManifestMetrics;
import com.nomadicml.beam.status.HolderProcess;
import com.nomadicml.beam.status.RunState;
import com.nomadicml.beam.status.RunStatus;
import com.nomadicml.beam.status.StatusStore;
import com.nomadicml.beam.status.StatusStoreException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The run's own row in {@code import_runs}, and what it and others have spent of the day. */
final class RunRecord {
  /** How often this run and others tell each other what they have spent. */
  private static final Duration EXCHANGE = Duration.ofSeconds(20);

  /** How often it is written how far the manifest is read. */
  private static final Duration LINES = Duration.ofSeconds(5);

  private final StatusStore store;
  private final RunStatus started;
  private final HttpApiFactory api;
  private final RequestCount requests;
  private final Clock clock;
  private long spentElsewhere;
  private long linesRead;
  private boolean hasPipeline;
  private Instant nextExchange;
  private Instant nextLines;

  /** Hours as they are in the tables. */
  private final Map<Instant, HourOfRequests> written = new HashMap<>();

  /**
   * @param spentElsewhere requests that other runs have spent today
   */
  RunRecord(
      StatusStore store, RunStatus started, HttpApiFactory api, Clock clock, long spentElsewhere) {
    this.store = store;
    this.started = started;
    this.api = api;
    this.requests = new RequestCount(api::requestsSent, api::requestsSentOn);
    this.clock = clock;
    this.spentElsewhere = spentElsewhere;
    this.nextExchange = clock.instant().plus(EXCHANGE);
    this.nextLines = Instant.EPOCH;
  }

  /** From now on the pipeline sends, wherever its workers are. */
  void pipelineStarts() {
    hasPipeline = true;
    requests.pipelineStarts();
  }

  /** Whether it has come so far. */
  boolean hasPipeline() {
    return hasPipeline;
  }

  /** Takes note of what the pipeline has counted. */
  void seen(Counters counters) {
    requests.seen(counters.get(ImportMetrics.REQUESTS), RequestBudget.dayOf(clock.instant()));
    long lines = counters.get(ManifestMetrics.LINES_READ);
    Instant now = clock.instant();
    if (lines > linesRead && !now.isBefore(nextLines)) {
      linesRead = lines;
      nextLines = now.plus(LINES);
      update();
    }
  }

  /**
   * Takes note of what a pipeline and its lane have counted in all. A lane elsewhere tells that at
   * its end; on which day it was is in the hours of its requests.
   */
  void ended(Counters counters) {
    requests.ended(counters.get(ImportMetrics.REQUESTS));
  }

  /** Requests that this run has sent. */
  long requests() {
    return requests.inAll();
  }

  /** Requests that all runs have spent today, as far as this one knows. */
  long spentToday() {
    return spentElsewhere + requests.on(RequestBudget.dayOf(clock.instant()));
  }

  /** The row as it is now: what has been spent so far. */
  RunStatus now() {
    return spent().build();
  }

  /** Writes what has been spent so far. */
  void update() {
    write(now());
  }

  /** Writes what has been spent, and learns what other runs have spent, every now and then. */
  void exchangeWhenDue() {
    Instant now = clock.instant();
    if (now.isBefore(nextExchange)) {
      return;
    }
    nextExchange = now.plus(EXCHANGE);
    RunStatus run = spent().build();
    write(run);
    LocalDate day = LocalDate.parse(run.getQuotaDay());
    spentElsewhere = store.requestsOn(day) - run.getRequestsOnDay();
    api.spentElsewhere(day, spentElsewhere);
  }

  /** Another run is at work: nothing is left of this one, which has done nothing. */
  void forget() {
    store.forget(now());
  }

  /** Writes how a run ended that came to no sum. */
  void end(RunState state) {
    RunStatus.Builder row = spent();
    soFar().ifPresent(run -> run.lines().into(row));
    write(row.setState(state).setFinishedAt(clock.millis()).build());
  }

  private Optional<RunProgress> soFar() {
    try {
      return RunProgress.of(store, started.getRunId(), clock.instant());
    } catch (StatusStoreException e) {
      // That it has broken is what matters, and maybe the tables have.
      return Optional.empty();
    }
  }

  /** Writes how the run ended. */
  void end(RunState state, Conservation sum) {
    write(
        spent()
            .setState(state)
            .setFinishedAt(clock.millis())
            .setLinesRead(sum.linesRead())
            .setBlank(sum.blank())
            .setRejected(sum.rejected())
            .setSkipped(sum.skipped())
            .setExpanded(sum.expanded())
            .setDuplicate(sum.duplicate())
            .setAlreadyDone(sum.alreadyDone())
            .setUploaded(sum.uploaded())
            .setFailed(sum.failed())
            .setMissing(sum.missing())
            .setRefused(sum.refused())
            .setUnknown(sum.unknown())
            .setOpen(sum.open())
            .setStopped(sum.stopped())
            .build());
  }

  /** Writes the run's row, and how its requests were answered. */
  private void write(RunStatus run) {
    api.requestsByHour()
        .forEach(
            (hour, requests) -> {
              if (!requests.equals(written.put(hour, requests))) {
                store
                    .lane()
                    .requests(
                        run.getRunId(),
                        HolderProcess.current().name(),
                        hour,
                        requests.sent(),
                        requests.refused(),
                        requests.failed());
              }
            });
    store.recordRun(run);
  }

  private RunStatus.Builder spent() {
    LocalDate today = RequestBudget.dayOf(clock.instant());
    return started.toBuilder()
        .setRequests(requests.inAll())
        .setLinesRead(linesRead)
        .setAliveAt(clock.millis())
        .setQuotaDay(today.toString())
        .setRequestsOnDay(Math.max(requests.on(today), inTheTables(today)));
  }

  private long inTheTables(LocalDate day) {
    return api.requestsSentOn(day) + sentByOthers(store, started.getRunId()).getOrDefault(day, 0L);
  }

  /** What other processes than this one have sent for a run, as far as the tables know, by day. */
  static Map<LocalDate, Long> sentByOthers(StatusStore store, String runId) {
    Map<LocalDate, Long> sums = new HashMap<>();
    store
        .lane()
        .requestsOfOthers(runId, HolderProcess.current().name())
        .forEach((hour, sent) -> sums.merge(RequestBudget.dayOf(hour), sent, Long::sum));
    return sums;
  }
}
