package com.nomadicml.beam.imports.lane;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.beam.sdk.metrics.BoundedTrie;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Distribution;
import org.apache.beam.sdk.metrics.Gauge;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.metrics.StringSet;

/** Takes what transforms count where no bundle is being processed. */
final class LaneCounters implements MetricsContainer {
  private static final long serialVersionUID = 1L;

  private final Map<MetricName, AtomicLong> counts = new ConcurrentHashMap<>();

  /** The counts so far, by name. */
  Map<String, Long> byName() {
    return counts.entrySet().stream()
        .collect(
            Collectors.toMap(
                count -> count.getKey().getName(), count -> count.getValue().get(), Long::sum));
  }

  @Override
  public Counter getCounter(MetricName name) {
    return new LaneCounter(name, counts.computeIfAbsent(name, absent -> new AtomicLong()));
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
