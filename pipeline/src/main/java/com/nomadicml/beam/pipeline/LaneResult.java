package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.imports.ErrorCode;
import com.nomadicml.beam.imports.ImportMetrics;
import com.nomadicml.beam.imports.lane.Ending;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.status.LaneLease;
import com.nomadicml.beam.status.LaneStore;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What a run came to: what planning has counted, and what the tables say of its lane. */
final class LaneResult {
  private static final LaneLease.End CUT_OFF =
      new LaneLease.End(Ending.Kind.STOPPED.name(), "the job ended before its imports did");

  private LaneResult() {}

  /** What it came to, wherever its lane was driven. */
  static RunWatch.End of(LaneStore store, String runId, Counters planned) {
    LaneLease.End end = store.lease().endOf(runId).orElse(CUT_OFF);
    Ending.Kind kind = Ending.Kind.valueOf(end.kind());
    Map<String, Long> sums = new HashMap<>(planned.with(store.counts(runId)).byName());
    add(sums, ImportMetrics.REQUESTS, planned.get(ImportMetrics.REQUESTS));
    // What a lane has ended is in the outcomes, too.
    Map<String, Long> plan = store.planned(runId);
    for (VideoState state : VideoState.values()) {
      String name = ImportMetrics.ended(state);
      sums.put(name, plan.getOrDefault(name, 0L));
    }
    sums.put(ImportMetrics.UPLOADED_WITHOUT_VIEWS, 0L);
    store.outcomes(runId).forEach(outcome -> add(sums, outcome, kind));
    return end(new Counters(sums), kind, end.message());
  }

  /**
   * The same for a stream. What it has planned is in the runner's counters alone.
   *
   * @param watched how its pipeline has ended: it may be drained, and its lane goes on
   */
  static RunWatch.End ofStream(LaneStore store, String runId, RunWatch.End watched) {
    Optional<LaneLease.End> end = store.lease().endOf(runId);
    Ending.Kind kind =
        end.map(LaneLease.End::kind).map(Ending.Kind::valueOf).orElse(Ending.Kind.LEFT);
    Map<String, Long> sums = new HashMap<>(watched.counters().byName());
    Map<String, Long> counts = new HashMap<>(store.counts(runId));
    // What a lane has ended is in the outcomes, too.
    Stream.of(VideoState.values()).map(ImportMetrics::ended).forEach(counts::remove);
    counts.remove(ImportMetrics.UPLOADED_WITHOUT_VIEWS);
    // Flink tells nothing of a job that was cancelled, and half of a sum is none.
    if (!sums.isEmpty()) {
      counts.forEach((name, count) -> add(sums, name, count));
      store.outcomes(runId).forEach(outcome -> add(sums, outcome, kind));
    }
    Counters counters = new Counters(sums);
    return end.isPresent()
        ? end(counters, kind, end.get().message())
        : new RunWatch.End(counters, watched.stopped(), watched.refused(), Optional.empty());
  }

  private static RunWatch.End end(Counters counters, Ending.Kind kind, String message) {
    Optional<String> reason = Optional.of(message);
    boolean isRefused = kind == Ending.Kind.REFUSED;
    return new RunWatch.End(
        counters,
        reason.filter(any -> kind == Ending.Kind.STOPPED || isRefused),
        isRefused,
        reason.filter(any -> kind == Ending.Kind.AWAY));
  }

  private static void add(Map<String, Long> sums, LaneStore.Outcome outcome, Ending.Kind ending) {
    boolean isPending = outcome.state() == VideoState.PENDING;
    if (isPending && ErrorCode.CANARY_FAILED.name().equals(outcome.errorCode())) {
      add(sums, ImportMetrics.STOPPED, outcome.items());
      return;
    }
    add(sums, ImportMetrics.ended(outcome.state()), outcome.items());
    boolean isOpen = isPending || outcome.state() == VideoState.SUBMITTED;
    if (isOpen && ending == Ending.Kind.QUOTA) {
      add(sums, ImportMetrics.PAUSED, outcome.items());
    }
    if (ErrorCode.VIEWS_FAILED.name().equals(outcome.errorCode())) {
      add(sums, ImportMetrics.UPLOADED_WITHOUT_VIEWS, outcome.items());
    }
  }

  private static void add(Map<String, Long> sums, String name, long count) {
    sums.merge(name, count, Long::sum);
  }
}
