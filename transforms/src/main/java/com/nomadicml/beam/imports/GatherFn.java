package com.nomadicml.beam.imports;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;

/**
 * Gathers the elements of a bundle that share a key, so that what follows costs little an element.
 * For elements in the global window; the same key comes again, in any number of lists.
 */
final class GatherFn<T> extends DoFn<T, KV<String, List<T>>> {
  private static final long serialVersionUID = 1L;

  /** So that a list stays small even where its elements are large. */
  static final int MOST_OF_A_KEY = 200;

  /** Of all keys, so that a bundle of any size fits into memory. */
  private static final int MOST = 50_000;

  private final SerializableFunction<T, String> key;
  private final int mostOfAKey;
  private transient Map<String, List<T>> gathered;
  private transient int size;

  GatherFn(SerializableFunction<T, String> key) {
    this(key, MOST_OF_A_KEY);
  }

  /**
   * @param mostOfAKey elements of a list at most
   */
  GatherFn(SerializableFunction<T, String> key, int mostOfAKey) {
    this.key = key;
    this.mostOfAKey = mostOfAKey;
  }

  @StartBundle
  public void start() {
    gathered = new HashMap<>();
    size = 0;
  }

  @ProcessElement
  public void gather(@Element T element, OutputReceiver<KV<String, List<T>>> out) {
    String key = this.key.apply(element);
    List<T> list = gathered.computeIfAbsent(key, absent -> new ArrayList<>());
    list.add(element);
    size++;
    if (list.size() >= mostOfAKey) {
      out.output(KV.of(key, list));
      gathered.remove(key);
      size -= list.size();
    }
    if (size >= MOST) {
      gathered.forEach((each, rest) -> out.output(KV.of(each, rest)));
      start();
    }
  }

  @FinishBundle
  public void finish(FinishBundleContext context) {
    gathered.forEach(
        (each, rest) ->
            context.output(
                KV.of(each, rest), BoundedWindow.TIMESTAMP_MIN_VALUE, GlobalWindow.INSTANCE));
    gathered = null;
  }
}
