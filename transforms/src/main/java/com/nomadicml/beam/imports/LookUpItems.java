package com.nomadicml.beam.imports;

import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.status.LedgerByKey;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;

/**
 * Looks items up in the ledger, those of a list with one query. Takes URIs by destination; yields
 * the rows that are there. Items of other destinations than the named ones are left out.
 */
public final class LookUpItems
    extends PTransform<PCollection<KV<String, List<String>>>, PCollection<VideoStatus>> {
  private final LedgerByKey ledger;
  private final PCollectionView<List<String>> destinations;

  private LookUpItems(LedgerByKey ledger, PCollectionView<List<String>> destinations) {
    this.ledger = ledger;
    this.destinations = destinations;
  }

  /**
   * @param destinations whose items are looked up, once it is known which they are
   */
  public static LookUpItems in(LedgerByKey ledger, PCollectionView<List<String>> destinations) {
    return new LookUpItems(ledger, destinations);
  }

  @Override
  public PCollection<VideoStatus> expand(PCollection<KV<String, List<String>>> items) {
    return items.apply(
        "LookUp", ParDo.of(new LookUpFn(ledger, destinations)).withSideInputs(destinations));
  }

  private static final class LookUpFn extends DoFn<KV<String, List<String>>, VideoStatus> {
    private static final long serialVersionUID = 1L;

    private final LedgerByKey ledger;
    private final PCollectionView<List<String>> destinations;

    LookUpFn(LedgerByKey ledger, PCollectionView<List<String>> destinations) {
      this.ledger = ledger;
      this.destinations = destinations;
    }

    @ProcessElement
    public void lookUp(ProcessContext context) {
      KV<String, List<String>> items = context.element();
      if (context.sideInput(destinations).contains(items.getKey())) {
        ledger.videos(items.getKey(), items.getValue()).forEach(context::output);
      }
    }
  }
}
