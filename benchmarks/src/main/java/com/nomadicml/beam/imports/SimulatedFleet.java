package com.nomadicml.beam.imports;

import com.google.common.hash.Hashing;
import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ImportItem;
import com.nomadicml.beam.model.ManifestEntry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The videos of a manifest that is never written: clip 0, clip 1, and so on, of one bucket. */
final class SimulatedFleet {
  private static final String PREFIX = "s3://fleet-recordings/clips/clip-";
  private static final int FIRST_NUMBER = 100_000_000;

  private SimulatedFleet() {}

  /**
   * A planned request, as light as ten million videos need it.
   *
   * @param clips numbers of its videos, in the order of the request
   */
  record Batch(String id, int[] clips, long fingerprint) {
    /** Its first {@code items}, or the rest, as a batch of its own. */
    Batch part(int from, int to) {
      int[] part = Arrays.copyOfRange(clips, from, to);
      return new Batch(id + "-" + from, part, SimulatedFleet.fingerprint(part));
    }
  }

  static String uri(int clip) {
    return PREFIX + (FIRST_NUMBER + clip) + ".mp4";
  }

  /** What the planner makes of the first so many clips, shard by shard as in the pipeline. */
  static List<Batch> plan(int videos, int batchSize, Clock clock) {
    int shards = Math.max(1, videos / (batchSize * PlanImports.BATCHES_PER_SHARD));
    int[] shardOf = new int[videos];
    int[] sizes = new int[shards];
    for (int clip = 0; clip < videos; clip++) {
      long hash = Hashing.murmur3_128().hashString(uri(clip), StandardCharsets.UTF_8).asLong();
      shardOf[clip] = Math.floorMod(hash, shards);
      sizes[shardOf[clip]]++;
    }
    int[][] clips = new int[shards][];
    Arrays.setAll(clips, shard -> new int[sizes[shard]]);
    int[] filled = new int[shards];
    for (int clip = 0; clip < videos; clip++) {
      int shard = shardOf[clip];
      clips[shard][filled[shard]++] = clip;
    }
    ShardPlanner planner = new ShardPlanner("simulation", clock, batchSize, 1);
    List<Batch> batches = new ArrayList<>();
    for (int[] shard : clips) {
      planner
          .plan(new Entries(shard), List.of(), List.of())
          .batches()
          .forEach(batch -> batches.add(light(batch)));
    }
    return batches;
  }

  private static Batch light(ImportBatch batch) {
    int[] clips = batch.getItems().stream().mapToInt(SimulatedFleet::clip).toArray();
    return new Batch(batch.getBatchId(), clips, fingerprint(clips));
  }

  private static int clip(ImportItem item) {
    return Math.toIntExact(item.getLine()) - 1;
  }

  private static long fingerprint(int[] clips) {
    return Arrays.stream(clips).mapToLong(clip -> UriFingerprint.of(uri(clip))).sum();
  }

  /** The manifest's lines of a shard, made as they are read. */
  private static final class Entries extends AbstractList<ManifestEntry> {
    private final int[] clips;

    Entries(int[] clips) {
      this.clips = clips;
    }

    @Override
    public ManifestEntry get(int index) {
      return ManifestEntry.builder()
          .setManifest("fleet.txt")
          .setLine(clips[index] + 1L)
          .setSourceUri(uri(clips[index]))
          .setScope("user")
          .setFolder("fleet")
          .build();
    }

    @Override
    public int size() {
      return clips.length;
    }
  }
}
