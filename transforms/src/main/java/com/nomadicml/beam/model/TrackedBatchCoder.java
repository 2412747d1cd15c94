package com.nomadicml.beam.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.ListCoder;

/** A batch by its schema, but for its items. */
public final class TrackedBatchCoder extends AtomicCoder<TrackedBatch> {
  private static final long serialVersionUID = 1L;

  private static final Coder<TrackedBatch> HEAD = ValueCoder.of(TrackedBatch.class);
  private static final Coder<List<ImportItem>> ITEMS = ListCoder.of(new ImportItemCoder());

  @Override
  public void encode(TrackedBatch batch, OutputStream out) throws IOException {
    HEAD.encode(withItems(batch, List.of()), out);
    ITEMS.encode(batch.getBatch().getItems(), out);
  }

  @Override
  public TrackedBatch decode(InputStream in) throws IOException {
    TrackedBatch head = HEAD.decode(in);
    return withItems(head, ITEMS.decode(in));
  }

  private static TrackedBatch withItems(TrackedBatch tracked, List<ImportItem> items) {
    ImportBatch batch = tracked.getBatch();
    return TrackedBatch.of(
        ImportBatch.planned(batch.getBatchId(), batch.getTarget(), items, batch.getAttempt()),
        tracked.getJob(),
        tracked.getLegacyVideoIds());
  }
}
