package com.nomadicml.beam.status;

import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;

/**
 * Fails unless there are as many elements as were expected; has no output.
 *
 * <p>Needed because Beam 2.71 only logs an upsert that BigQuery refuses: turning the row back into
 * an error trips over its change type, so the row is neither among the written nor the failed ones.
 */
final class SameCount<T, ExpectedT> extends PTransform<PCollection<T>, PCollection<Void>> {
  private final transient PCollection<ExpectedT> expected;

  SameCount(PCollection<ExpectedT> expected) {
    this.expected = expected;
  }

  @Override
  public PCollection<Void> expand(PCollection<T> actual) {
    PCollectionView<Long> expectedCount =
        expected
            .apply("ExpectedInOneWindow", Window.into(new GlobalWindows()))
            .apply("Expected", Count.globally())
            .apply("ExpectedView", View.asSingleton());
    return actual
        .apply("ActualInOneWindow", Window.into(new GlobalWindows()))
        .apply("Actual", Count.globally())
        .apply("Compare", ParDo.of(new CompareFn(expectedCount)).withSideInputs(expectedCount));
  }

  private static final class CompareFn extends DoFn<Long, Void> {
    private final PCollectionView<Long> expectedCount;

    CompareFn(PCollectionView<Long> expectedCount) {
      this.expectedCount = expectedCount;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      long actual = context.element();
      long expected = context.sideInput(expectedCount);
      if (actual != expected) {
        throw new StatusStoreException(
            "BigQuery took " + actual + " of " + expected + " rows; the log says which it refused");
      }
    }
  }
}
