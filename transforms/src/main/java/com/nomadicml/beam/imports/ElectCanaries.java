package com.nomadicml.beam.imports;

import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ImportItem;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.Min;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * Decides what is sent first. Takes planned batches; yields those that need no canary and the
 * canaries ({@link #FIRST}), and what waits for their verdict ({@link #REST}).
 *
 * <p>Of a target of more than one batch, some items of one batch go ahead as a batch of their own.
 */
public final class ElectCanaries extends PTransform<PCollection<ImportBatch>, PCollectionTuple> {
  /** How many items of a target go ahead at most. */
  public static final int MAX_ITEMS = 20;

  public static final TupleTag<ImportBatch> FIRST = new TupleTag<>() {};
  public static final TupleTag<ImportBatch> REST = new TupleTag<>() {};

  private final boolean enabled;

  private ElectCanaries(boolean enabled) {
    this.enabled = enabled;
  }

  /** When not {@code enabled}, all batches go first. */
  public static ElectCanaries when(boolean enabled) {
    return new ElectCanaries(enabled);
  }

  @Override
  public PCollectionTuple expand(PCollection<ImportBatch> batches) {
    PCollection<KV<String, String>> ids =
        batches.apply(
            "Ids",
            MapElements.into(
                    TypeDescriptors.kvs(TypeDescriptors.strings(), TypeDescriptors.strings()))
                .via(batch -> KV.of(batch.getTarget().id(), batch.getBatchId())));
    PCollectionView<Map<String, Long>> counts =
        ids.apply("CountATarget", Count.perKey()).apply("Counts", View.asMap());
    // The lowest id, so that a bundle that is run again elects the same.
    PCollectionView<Map<String, String>> lowest =
        ids.apply("LowestId", Min.perKey()).apply("Elected", View.asMap());
    PCollectionTuple elected =
        batches.apply(
            "Elect",
            ParDo.of(new ElectFn(enabled, counts, lowest))
                .withSideInputs(counts, lowest)
                .withOutputTags(FIRST, TupleTagList.of(REST)));
    elected.get(FIRST).setCoder(batches.getCoder());
    elected.get(REST).setCoder(batches.getCoder());
    return elected;
  }

  private static class ElectFn extends DoFn<ImportBatch, ImportBatch> {
    private static final long serialVersionUID = 1L;

    private final boolean enabled;
    private final PCollectionView<Map<String, Long>> counts;
    private final PCollectionView<Map<String, String>> lowest;

    ElectFn(
        boolean enabled,
        PCollectionView<Map<String, Long>> counts,
        PCollectionView<Map<String, String>> lowest) {
      this.enabled = enabled;
      this.counts = counts;
      this.lowest = lowest;
    }

    @ProcessElement
    public void elect(@Element ImportBatch batch, ProcessContext context) {
      String target = batch.getTarget().id();
      List<ImportItem> items = batch.getItems();
      boolean alone = !enabled || context.sideInput(counts).get(target) == 1;
      boolean elected = !alone && batch.getBatchId().equals(context.sideInput(lowest).get(target));
      if (alone || (elected && items.size() <= MAX_ITEMS)) {
        context.output(FIRST, batch);
      } else if (elected) {
        context.output(FIRST, part(batch, items.subList(0, MAX_ITEMS)));
        context.output(REST, part(batch, items.subList(MAX_ITEMS, items.size())));
      } else {
        context.output(REST, batch);
      }
    }

    private static ImportBatch part(ImportBatch batch, List<ImportItem> items) {
      return ImportBatch.of(batch.getTarget(), items, batch.getAttempt());
    }
  }
}
