package com.nomadicml.beam.pipeline;

import static java.util.Comparator.comparing;
import static java.util.Comparator.naturalOrder;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nomadicml.beam.imports.ImportMetrics;
import com.nomadicml.beam.model.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;
import javax.annotation.Nullable;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.metrics.StringSetResult;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * Sums rejected lines by their code, with the first of each, and writes all into a file where one
 * is named. As {@link TallyTargets}, it tells by a metric.
 */
final class TallyRejections extends PTransform<PCollection<Rejection>, PDone> {
  private static final String METRIC = "planned_rejections";
  private static final int EXAMPLES = 3;
  private static final ObjectMapper JSON = new ObjectMapper();

  @Nullable private final String file;

  /**
   * @param file where all of them go, one JSON object a line; null for nowhere
   */
  TallyRejections(@Nullable String file) {
    this.file = file;
  }

  /**
   * Lines that are rejected for one reason.
   *
   * @param examples the first, each with its {@code manifest}, {@code line}, {@code text}, {@code
   *     code} and {@code message}
   */
  record Reason(String code, long lines, List<JsonNode> examples) {}

  @Override
  public PDone expand(PCollection<Rejection> rejections) {
    PCollection<String> lines =
        rejections.apply(
            "Lines", MapElements.into(TypeDescriptors.strings()).via(TallyRejections::line));
    if (file != null) {
      lines.apply("Write", TextIO.write().to(file).withoutSharding());
    }
    lines
        .apply(
            "ByCode",
            MapElements.into(
                    TypeDescriptors.kvs(TypeDescriptors.strings(), TypeDescriptors.strings()))
                .via(line -> KV.of(read(line).get("code").asText(), tally(1, List.of(line)))))
        .apply("Sum", Combine.perKey(TallyRejections::sum))
        .apply("Report", ParDo.of(new ReportFn()));
    return PDone.in(rejections.getPipeline());
  }

  private static String line(Rejection rejection) {
    return JSON.createObjectNode()
        .put("manifest", rejection.getManifest())
        .put("line", rejection.getLine())
        .put("text", rejection.getText())
        .put("code", rejection.getCode())
        .put("message", rejection.getMessage())
        .toString();
  }

  private static JsonNode read(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String tally(long lines, List<String> examples) {
    ObjectNode tally = JSON.createObjectNode().put("lines", lines);
    ArrayNode all = tally.putArray("examples");
    examples.forEach(all::add);
    return tally.toString();
  }

  private static String sum(Iterable<String> tallies) {
    long lines = 0;
    List<String> examples = new ArrayList<>();
    for (String text : tallies) {
      JsonNode tally = read(text);
      lines += tally.get("lines").asLong();
      tally.get("examples").forEach(example -> examples.add(example.asText()));
    }
    return tally(
        lines,
        examples.stream()
            .sorted(comparing(TallyRejections::place, naturalOrder()))
            .limit(EXAMPLES)
            .toList());
  }

  private static String place(String line) {
    JsonNode rejection = read(line);
    return rejection.get("manifest").asText()
        + String.format(Locale.ROOT, "%020d", rejection.get("line").asLong());
  }

  /** What a finished pipeline has found, the reason with the most lines first. */
  static List<Reason> of(PipelineResult result) {
    MetricsFilter filter =
        MetricsFilter.builder()
            .addNameFilter(MetricNameFilter.named(ImportMetrics.NAMESPACE, METRIC))
            .build();
    List<Reason> reasons = new ArrayList<>();
    for (MetricResult<StringSetResult> metric :
        result.metrics().queryMetrics(filter).getStringSets()) {
      metric.getAttempted().getStringSet().forEach(text -> reasons.add(reason(read(text))));
    }
    reasons.sort(comparing(Reason::lines).reversed().thenComparing(Reason::code));
    return reasons;
  }

  private static Reason reason(JsonNode tally) {
    List<JsonNode> examples =
        StreamSupport.stream(tally.get("examples").spliterator(), false)
            .map(example -> read(example.asText()))
            .toList();
    return new Reason(examples.get(0).get("code").asText(), tally.get("lines").asLong(), examples);
  }

  private static class ReportFn extends DoFn<KV<String, String>, Void> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void report(@Element KV<String, String> tally) {
      Metrics.stringSet(ImportMetrics.NAMESPACE, METRIC).add(tally.getValue());
    }
  }
}
