package com.nomadicml.beam.imports;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.PCollectionView;

/**
 * How many entries and rows of the ledger each group has that is planned together, and into how
 * many shards it is cut: what meets in one is bounded, whichever of the two is larger.
 */
record GroupSizes(
    PCollectionView<Map<String, Long>> entries, PCollectionView<Map<String, Long>> ledger)
    implements Serializable {
  /**
   * So many rows of the ledger weigh as much as an entry: a row is small, and most pass by, while
   * each shard more costs a batch that is not full.
   */
  static final int ROWS_AN_ENTRY = 10;

  List<PCollectionView<?>> views() {
    return List.of(entries, ledger);
  }

  /** Empty for a group that the manifest says nothing of. */
  OptionalInt shards(String group, int itemsPerShard, DoFn<?, ?>.ProcessContext context) {
    Long named = context.sideInput(entries).get(group);
    if (named == null) {
      return OptionalInt.empty();
    }
    long known = context.sideInput(ledger).getOrDefault(group, 0L);
    return OptionalInt.of(shards(named, known, itemsPerShard));
  }

  static int shards(long entries, long rows, int itemsPerShard) {
    return (int) Math.max(1, Math.max(entries, rows / ROWS_AN_ENTRY) / itemsPerShard);
  }
}
