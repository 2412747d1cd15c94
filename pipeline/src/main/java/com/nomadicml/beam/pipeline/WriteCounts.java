package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.model.PartCount;
import com.nomadicml.beam.status.StatusStore;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * Writes what planning has counted, one row a stage and part of the manifest. The output is empty,
 * and complete when all of it is written.
 */
final class WriteCounts extends PTransform<PCollection<PartCount>, PCollection<Void>> {
  private final StatusStore store;
  private final String runId;

  WriteCounts(StatusStore store, String runId) {
    this.store = store;
    this.runId = runId;
  }

  @Override
  public PCollection<Void> expand(PCollection<PartCount> counts) {
    return counts
        .apply(
            "KeyCounts",
            MapElements.into(
                    TypeDescriptors.kvs(
                        TypeDescriptors.kvs(TypeDescriptors.strings(), TypeDescriptors.strings()),
                        TypeDescriptors.longs()))
                .via(count -> KV.of(KV.of(count.getStage(), count.getPart()), count.getItems())))
        .apply("SumCounts", Sum.longsPerKey())
        .apply("WriteSums", ParDo.of(new WriteFn(store, runId)));
  }

  private static final class WriteFn extends DoFn<KV<KV<String, String>, Long>, Void> {
    private static final long serialVersionUID = 1L;
    private static final int MOST_AT_ONCE = 1_000;

    private final StatusStore store;
    private final String runId;
    private transient List<PartCount> sums;

    WriteFn(StatusStore store, String runId) {
      this.store = store;
      this.runId = runId;
    }

    @StartBundle
    public void start() {
      sums = new ArrayList<>();
    }

    @ProcessElement
    public void write(@Element KV<KV<String, String>, Long> sum) {
      KV<String, String> key = sum.getKey();
      sums.add(PartCount.of(key.getKey(), key.getValue(), sum.getValue()));
      if (sums.size() >= MOST_AT_ONCE) {
        flush();
      }
    }

    @FinishBundle
    public void flush() {
      if (!sums.isEmpty()) {
        store.lane().counted(runId, sums);
        sums.clear();
      }
    }
  }
}
