package com.nomadicml.beam.imports;

import com.nomadicml.beam.model.ValueCoder;
import com.nomadicml.beam.model.VideoStatus;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.join.CoGbkResult;
import org.apache.beam.sdk.transforms.join.CoGroupByKey;
import org.apache.beam.sdk.transforms.join.KeyedPCollectionTuple;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * The rows of items that need nothing. Takes their keys ({@link PlanImports#SETTLED}) and the rows
 * of the ledger ({@link #LEDGER}); yields one row an item.
 */
public final class SettledRows extends PTransform<PCollectionTuple, PCollection<VideoStatus>> {
  public static final TupleTag<VideoStatus> LEDGER = new TupleTag<>() {};

  private SettledRows() {}

  public static SettledRows create() {
    return new SettledRows();
  }

  @Override
  public PCollection<VideoStatus> expand(PCollectionTuple input) {
    TupleTag<String> settledTag = new TupleTag<>() {};
    TupleTag<VideoStatus> rowTag = new TupleTag<>() {};
    PCollection<KV<String, String>> settled =
        input
            .get(PlanImports.SETTLED)
            .apply(
                "KeySettled",
                MapElements.into(
                        TypeDescriptors.kvs(TypeDescriptors.strings(), TypeDescriptors.strings()))
                    .via(item -> KV.of(key(item.getKey(), item.getValue()), "")));
    PCollection<KV<String, VideoStatus>> rows =
        input
            .get(LEDGER)
            .apply(
                "KeyRows",
                WithKeys.<String, VideoStatus>of(
                        row -> key(row.getDestination(), row.getSourceUri()))
                    .withKeyType(TypeDescriptors.strings()));
    return KeyedPCollectionTuple.of(settledTag, settled)
        .and(rowTag, rows)
        .apply("Meet", CoGroupByKey.create())
        .apply("Rows", ParDo.of(new RowFn(settledTag, rowTag)))
        .setCoder(ValueCoder.of(VideoStatus.class));
  }

  private static String key(String destination, String sourceUri) {
    return destination + "\n" + sourceUri;
  }

  private static final class RowFn extends DoFn<KV<String, CoGbkResult>, VideoStatus> {
    private static final long serialVersionUID = 1L;

    private final TupleTag<String> settled;
    private final TupleTag<VideoStatus> rows;

    RowFn(TupleTag<String> settled, TupleTag<VideoStatus> rows) {
      this.settled = settled;
      this.rows = rows;
    }

    @ProcessElement
    public void row(@Element KV<String, CoGbkResult> met, OutputReceiver<VideoStatus> out) {
      if (met.getValue().getAll(settled).iterator().hasNext()) {
        // The ledger may be read in two ways at once, and a row by both of them.
        for (VideoStatus row : met.getValue().getAll(rows)) {
          out.output(row);
          return;
        }
      }
    }
  }
}
