package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.imports.ErrorCode;
import com.nomadicml.beam.imports.ImportMetrics;
import com.nomadicml.beam.imports.lane.Ending;
import com.nomadicml.beam.imports.lane.LaneView;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.status.LaneStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.beam.sdk.metrics.BoundedTrie;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Distribution;
import org.apache.beam.sdk.metrics.Gauge;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.metrics.StringSet;

/** Takes what transforms count where no pipeline runs any more, and adds it to what one counted. */
final class LaneCounters implements MetricsContainer {
  private static final long serialVersionUID = 1L;

  private final Map<MetricName, AtomicLong> counts = new ConcurrentHashMap<>();

  /** How the run is doing: an estimate, for people. */
  Counters now(Counters planned, LaneView lane) {
    Map<String, Long> sums = new HashMap<>(planned.byName());
    add(sums, ImportMetrics.ended(VideoState.UPLOADED), lane.uploaded());
    add(sums, ImportMetrics.ended(VideoState.UPLOADING_FAILED), lane.failed());
    add(sums, ImportMetrics.SUBMITTED, lane.sent());
    return new Counters(sums);
  }

  /**
   * What the run came to.
   *
   * @param outcomes of the items that the lane was to see to, as the tables have them
   */
  Counters end(Counters planned, LaneView lane, List<LaneStore.Outcome> outcomes, Ending ending) {
    Map<String, Long> sums = new HashMap<>(planned.byName());
    counts.forEach((name, count) -> add(sums, name.getName(), count.get()));
    // The tables know better.
    for (VideoState state : VideoState.values()) {
      String name = ImportMetrics.ended(state);
      sums.put(name, planned.get(name));
    }
    sums.put(ImportMetrics.UPLOADED_WITHOUT_VIEWS, 0L);
    outcomes.forEach(outcome -> add(sums, outcome, ending));
    add(sums, ImportMetrics.SUBMITTED, lane.sent());
    add(sums, ImportMetrics.UNKNOWN_SUBMITS, lane.doubts());
    if (ending.kind() == Ending.Kind.REFUSED) {
      add(sums, ImportMetrics.ACCOUNT_REFUSALS, 1);
    }
    return new Counters(sums);
  }

  private static void add(Map<String, Long> sums, LaneStore.Outcome outcome, Ending ending) {
    boolean isPending = outcome.state() == VideoState.PENDING;
    if (isPending && ErrorCode.CANARY_FAILED.name().equals(outcome.errorCode())) {
      add(sums, ImportMetrics.STOPPED, outcome.items());
      return;
    }
    add(sums, ImportMetrics.ended(outcome.state()), outcome.items());
    boolean isOpen = isPending || outcome.state() == VideoState.SUBMITTED;
    if (isOpen && ending.kind() == Ending.Kind.QUOTA) {
      add(sums, ImportMetrics.PAUSED, outcome.items());
    }
    if (ErrorCode.VIEWS_FAILED.name().equals(outcome.errorCode())) {
      add(sums, ImportMetrics.UPLOADED_WITHOUT_VIEWS, outcome.items());
    }
  }

  private static void add(Map<String, Long> sums, String name, long count) {
    sums.merge(name, count, Long::sum);
  }

  @Override
  public Counter getCounter(MetricName name) {
    AtomicLong count = counts.computeIfAbsent(name, absent -> new AtomicLong());
    return new LaneCounter(name, count);
  }

  private record LaneCounter(MetricName name, AtomicLong count) implements Counter {
    private static final long serialVersionUID = 1L;

    @Override
    public void inc() {
      count.incrementAndGet();
    }

    @Override
    public void inc(long n) {
      count.addAndGet(n);
    }

    @Override
    public void dec() {
      count.decrementAndGet();
    }

    @Override
    public void dec(long n) {
      count.addAndGet(-n);
    }

    @Override
    public MetricName getName() {
      return name;
    }
  }

  @Override
  public Distribution getDistribution(MetricName name) {
    throw new UnsupportedOperationException(name.toString());
  }

  @Override
  public Gauge getGauge(MetricName name) {
    throw new UnsupportedOperationException(name.toString());
  }

  @Override
  public StringSet getStringSet(MetricName name) {
    throw new UnsupportedOperationException(name.toString());
  }

  @Override
  public BoundedTrie getBoundedTrie(MetricName name) {
    throw new UnsupportedOperationException(name.toString());
  }
}
