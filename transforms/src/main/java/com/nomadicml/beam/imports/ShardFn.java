package com.nomadicml.beam.imports;

import com.google.common.hash.Hashing;
import com.nomadicml.beam.model.Packing;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.KV;

/**
 * Spreads a group over shards by the hash of the URI, so that all rows of one URI stay together. A
 * group has as many shards as its entries or its ledger fill. Yields lists of elements, packed.
 */
final class ShardFn<T> extends DoFn<KV<String, List<T>>, KV<String, byte[]>> {
  private static final long serialVersionUID = 1L;

  private final GroupSizes sizes;
  private final int itemsPerShard;
  private final SerializableFunction<T, String> uri;
  private final Packing<List<T>> packing;

  ShardFn(
      GroupSizes sizes,
      int itemsPerShard,
      SerializableFunction<T, String> uri,
      Packing<List<T>> packing) {
    this.sizes = sizes;
    this.itemsPerShard = itemsPerShard;
    this.uri = uri;
    this.packing = packing;
  }

  @ProcessElement
  public void shard(ProcessContext context) {
    String group = context.element().getKey();
    OptionalInt shards = sizes.shards(group, itemsPerShard, context);
    if (shards.isEmpty()) {
      // Ledger rows of a group that this manifest says nothing of.
      return;
    }
    Map<Integer, List<T>> byShard = new HashMap<>();
    for (T element : context.element().getValue()) {
      byShard
          .computeIfAbsent(shardOf(element, shards.getAsInt()), shard -> new ArrayList<>())
          .add(element);
    }
    byShard.forEach(
        (shard, part) -> context.output(KV.of(group + "\n" + shard, packing.pack(part))));
  }

  private int shardOf(T element, int shards) {
    long hash =
        Hashing.murmur3_128().hashString(uri.apply(element), StandardCharsets.UTF_8).asLong();
    return (int) Math.floorMod(hash, (long) shards);
  }
}
