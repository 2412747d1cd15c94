package com.nomadicml.beam.manifest;

import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.WithFailures;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * What reading some manifests comes to.
 *
 * @param counters by name
 */
record ReadLines(
    List<ManifestEntry> entries, List<Rejection> rejections, Map<String, Long> counters) {
  private static final Map<String, Queue<Object>> RUNS = new ConcurrentHashMap<>();

  /** Reads in this process. */
  static ReadLines of(
      TestPipeline pipeline,
      PTransform<PBegin, WithFailures.Result<PCollection<ManifestEntry>, Rejection>> read) {
    return of(pipeline, pipeline.apply(read));
  }

  /** Runs the pipeline that reads these lines. */
  static ReadLines of(
      TestPipeline pipeline, WithFailures.Result<PCollection<ManifestEntry>, Rejection> lines) {
    String run = UUID.randomUUID().toString();
    RUNS.put(run, new ConcurrentLinkedQueue<>());
    lines.output().apply("KeepEntries", MapElements.into(TypeDescriptors.voids()).via(keep(run)));
    lines
        .failures()
        .apply("KeepRejections", MapElements.into(TypeDescriptors.voids()).via(keep(run)));
    PipelineResult result = pipeline.run();
    List<ManifestEntry> entries = new ArrayList<>();
    List<Rejection> rejections = new ArrayList<>();
    for (Object line : RUNS.remove(run)) {
      if (line instanceof ManifestEntry entry) {
        entries.add(entry);
      } else {
        rejections.add((Rejection) line);
      }
    }
    return new ReadLines(entries, rejections, counters(result));
  }

  private static <T> org.apache.beam.sdk.transforms.SerializableFunction<T, Void> keep(String run) {
    return line -> {
      RUNS.get(run).add(line);
      return null;
    };
  }

  /** {@code <line> <uri>} of each entry. */
  List<String> places() {
    return entries.stream().map(entry -> entry.getLine() + " " + entry.getSourceUri()).toList();
  }

  List<String> uris() {
    return entries.stream().map(ManifestEntry::getSourceUri).toList();
  }

  /** {@code <line> <code>} of each rejection. */
  List<String> codes() {
    return rejections.stream().map(line -> line.getLine() + " " + line.getCode()).toList();
  }

  private static Map<String, Long> counters(PipelineResult result) {
    MetricsFilter filter =
        MetricsFilter.builder()
            .addNameFilter(MetricNameFilter.inNamespace(ManifestMetrics.NAMESPACE))
            .build();
    return StreamSupport.stream(
            result.metrics().queryMetrics(filter).getCounters().spliterator(), false)
        .collect(Collectors.toMap(c -> c.getName().getName(), c -> c.getCommitted(), Long::sum));
  }
}
