package com.nomadicml.beam.imports;

import java.util.HashSet;
import java.util.Set;
import org.apache.beam.sdk.transforms.Distinct;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;

/**
 * {@link Distinct} for many elements of few values: what comes again within a bundle falls out
 * before the shuffle, whatever the runner. For values in the global window.
 */
public final class DistinctValues<T> extends PTransform<PCollection<T>, PCollection<T>> {
  private DistinctValues() {}

  public static <T> DistinctValues<T> create() {
    return new DistinctValues<>();
  }

  @Override
  public PCollection<T> expand(PCollection<T> values) {
    return values
        .apply("InBundle", ParDo.of(new InBundleFn<T>()))
        .setCoder(values.getCoder())
        .apply("InAll", Distinct.create());
  }

  private static final class InBundleFn<T> extends DoFn<T, T> {
    private static final long serialVersionUID = 1L;

    /** Values kept in mind, in case that there are many. */
    private static final int MOST = 10_000;

    private transient Set<T> seen;

    @StartBundle
    public void start() {
      seen = new HashSet<>();
    }

    @ProcessElement
    public void filter(@Element T value, OutputReceiver<T> out) {
      if (seen.add(value)) {
        out.output(value);
      }
      if (seen.size() >= MOST) {
        seen.clear();
      }
    }
  }
}
