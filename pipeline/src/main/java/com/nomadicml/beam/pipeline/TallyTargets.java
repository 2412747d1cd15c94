package com.nomadicml.beam.pipeline;

import static java.util.Comparator.comparing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.base.Strings;
import com.nomadicml.beam.imports.ImportMetrics;
import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.pipeline.TargetTally.Step;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.metrics.StringSetResult;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PDone;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * Sums batches a target and step. What it finds comes out of a finished pipeline as a metric, the
 * one way that every runner has.
 */
final class TallyTargets extends PTransform<PCollectionTuple, PDone> {
  static final TupleTag<ImportBatch> PLANNED = new TupleTag<>() {};
  static final TupleTag<ImportBatch> UNSENT = new TupleTag<>() {};
  static final TupleTag<ImportBatch> SUBMITTED = new TupleTag<>() {};

  private static final String METRIC = "planned_targets";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final int rowsAPage;

  TallyTargets(int rowsAPage) {
    this.rowsAPage = rowsAPage;
  }

  @Override
  public PDone expand(PCollectionTuple batches) {
    PCollectionList.of(tally(batches.get(PLANNED), "Planned", Step.SEND))
        .and(tally(batches.get(UNSENT), "Unsent", Step.SEND_AS_PLANNED))
        .and(tally(batches.get(SUBMITTED), "Submitted", Step.AWAIT))
        .apply("Tallies", Flatten.pCollections())
        .apply(
            "KeyByTarget",
            WithKeys.of(
                    (TargetTally tally) ->
                        String.join(
                            "\n",
                            tally.getTarget(),
                            tally.getDestination(),
                            tally.getIntegration(),
                            tally.getStep().name()))
                .withKeyType(TypeDescriptors.strings()))
        .apply("Sum", Combine.perKey(TallyTargets::sum))
        .apply("Report", ParDo.of(new ReportFn()));
    return PDone.in(batches.getPipeline());
  }

  private PCollection<TargetTally> tally(PCollection<ImportBatch> batches, String name, Step step) {
    int rowsAPage = this.rowsAPage;
    return batches.apply(
        name,
        MapElements.into(TypeDescriptor.of(TargetTally.class))
            .via(batch -> tally(batch, step, rowsAPage)));
  }

  private static TargetTally tally(ImportBatch batch, Step step, int rowsAPage) {
    ImportTarget target = batch.getTarget();
    int items = batch.getItems().size();
    return TargetTally.of(
        target.describe() + (target.getMultiView() ? ", multi-view" : ""),
        target.getFolder() == null ? "" : target.destination(),
        target.getProvider().prefix() + target.getBucket(),
        Strings.nullToEmpty(target.getIntegrationId()),
        step == Step.SEND && batch.getAttempt() > 1 ? Step.TRY_AGAIN : step,
        items,
        1,
        (items + rowsAPage - 1) / rowsAPage);
  }

  private static TargetTally sum(Iterable<TargetTally> tallies) {
    TargetTally sum = null;
    for (TargetTally tally : tallies) {
      sum =
          sum == null
              ? tally
              : TargetTally.of(
                  tally.getTarget(),
                  tally.getDestination(),
                  tally.getBucket(),
                  tally.getIntegration(),
                  tally.getStep(),
                  sum.getItems() + tally.getItems(),
                  sum.getBatches() + tally.getBatches(),
                  sum.getPages() + tally.getPages());
    }
    return sum;
  }

  /** What a finished pipeline has found, by target. */
  static List<TargetTally> of(PipelineResult result) {
    MetricsFilter filter =
        MetricsFilter.builder()
            .addNameFilter(MetricNameFilter.named(ImportMetrics.NAMESPACE, METRIC))
            .build();
    List<TargetTally> tallies = new ArrayList<>();
    for (MetricResult<StringSetResult> metric :
        result.metrics().queryMetrics(filter).getStringSets()) {
      for (String text : metric.getAttempted().getStringSet()) {
        tallies.add(decode(text));
      }
    }
    tallies.sort(comparing(TargetTally::getTarget).thenComparing(TargetTally::getStep));
    return tallies;
  }

  private static String encode(TargetTally tally) {
    try {
      return JSON.writeValueAsString(
          List.of(
              tally.getTarget(),
              tally.getDestination(),
              tally.getBucket(),
              tally.getIntegration(),
              tally.getStep().name(),
              tally.getItems(),
              tally.getBatches(),
              tally.getPages()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static TargetTally decode(String text) {
    try {
      List<Object> values = JSON.readValue(text, new TypeReference<>() {});
      return TargetTally.of(
          (String) values.get(0),
          (String) values.get(1),
          (String) values.get(2),
          (String) values.get(3),
          Step.valueOf((String) values.get(4)),
          ((Number) values.get(5)).longValue(),
          ((Number) values.get(6)).longValue(),
          ((Number) values.get(7)).longValue());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static class ReportFn extends DoFn<KV<String, TargetTally>, Void> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void report(@Element KV<String, TargetTally> tally) {
      Metrics.stringSet(ImportMetrics.NAMESPACE, METRIC).add(encode(tally.getValue()));
    }
  }
}
