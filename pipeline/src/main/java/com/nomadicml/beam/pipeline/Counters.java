package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.imports.ImportMetrics;
import com.nomadicml.beam.model.VideoState;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;

/** The counters of a running or finished pipeline, each summed over its steps. */
record Counters(Map<String, Long> byName) {

  static Counters of(PipelineResult result) {
    MetricsFilter ours =
        MetricsFilter.builder()
            .addNameFilter(MetricNameFilter.inNamespace(ImportMetrics.NAMESPACE))
            .build();
    Map<String, Long> sums = new HashMap<>();
    for (MetricResult<Long> counter : result.metrics().queryMetrics(ours).getCounters()) {
      String name = counter.getName().getName();
      Long committed = counter.getCommittedOrNull();
      // A request is spent, whatever becomes of the bundle that sent it.
      boolean attempted = committed == null || name.equals(ImportMetrics.REQUESTS);
      sums.merge(name, attempted ? counter.getAttempted() : committed, Long::sum);
    }
    return new Counters(sums);
  }

  /** The same where others know better. */
  Counters with(Map<String, Long> exact) {
    Map<String, Long> sums = new HashMap<>(byName);
    sums.putAll(exact);
    return new Counters(sums);
  }

  /** The counter's value; 0 when nothing was counted. */
  long get(String name) {
    return byName.getOrDefault(name, 0L);
  }

  /** Items that the run has left in {@code state}. */
  long ended(VideoState state) {
    return get(ImportMetrics.ended(state));
  }
}
