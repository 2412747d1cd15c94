package com.nomadicml.beam.model;

import com.google.auto.value.AutoValue;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.apache.beam.sdk.schemas.annotations.SchemaCreate;
import org.apache.beam.sdk.schemas.annotations.SchemaFieldNumber;

/**
 * The items of one import request.
 *
 * <p>A batch is a value: its id, which is also its {@code Idempotency-Key}, is a hash of its
 * target, its sorted items and the attempt. A bundle or a run that is started again sends the same
 * key.
 */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class ImportBatch {
  @SchemaFieldNumber("0")
  public abstract String getBatchId();

  @SchemaFieldNumber("1")
  public abstract ImportTarget getTarget();

  /** Sorted by source URI. */
  @SchemaFieldNumber("2")
  public abstract List<ImportItem> getItems();

  /** How often these items have been sent, this time included: from 1. */
  @SchemaFieldNumber("3")
  public abstract int getAttempt();

  /** A batch of {@code items} in any order. */
  public static ImportBatch of(ImportTarget target, List<ImportItem> items, int attempt) {
    List<ImportItem> sorted =
        items.stream().sorted(Comparator.comparing(ImportItem::getSourceUri)).toList();
    return new AutoValue_ImportBatch(hash(target, sorted, attempt), target, sorted, attempt);
  }

  /** A batch that was planned before, under the id that it has in the ledger. */
  @SchemaCreate
  public static ImportBatch planned(
      String batchId, ImportTarget target, List<ImportItem> items, int attempt) {
    return new AutoValue_ImportBatch(batchId, target, items, attempt);
  }

  private static String hash(ImportTarget target, List<ImportItem> sorted, int attempt) {
    Hasher hasher = Hashing.sha256().newHasher();
    put(hasher, target.getProvider().name());
    put(hasher, target.getBucket());
    put(hasher, String.valueOf(target.getIntegrationId()));
    put(hasher, target.destination());
    put(hasher, String.valueOf(target.getMultiView()));
    hasher.putInt(attempt);
    for (ImportItem item : sorted) {
      put(hasher, item.getSourceUri());
      for (Map.Entry<String, String> view : new TreeMap<>(item.getViews()).entrySet()) {
        put(hasher, view.getKey());
        put(hasher, view.getValue());
      }
    }
    return hasher.hash().toString().substring(0, 32);
  }

  /** Length first, so that no two lists of texts hash alike. */
  private static void put(Hasher hasher, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    hasher.putInt(bytes.length).putBytes(bytes);
  }
}
