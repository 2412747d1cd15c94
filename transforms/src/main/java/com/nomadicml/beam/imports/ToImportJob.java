package com.nomadicml.beam.imports;

import com.nomadicml.beam.model.ImportItem;
import com.nomadicml.beam.model.ImportJob;
import com.nomadicml.beam.model.TrackedBatch;
import java.util.List;
import java.util.Objects;
import org.apache.beam.sdk.transforms.SimpleFunction;

/** What a lane needs to know of a submitted batch. */
public final class ToImportJob extends SimpleFunction<TrackedBatch, ImportJob> {
  private static final long serialVersionUID = 1L;

  @Override
  public ImportJob apply(TrackedBatch batch) {
    List<String> uris = batch.getBatch().getItems().stream().map(ImportItem::getSourceUri).toList();
    boolean legacy = batch.getJob().getImportJobId() == null;
    return ImportJob.of(
        batch.getBatch().getBatchId(),
        batch.getJob().getImportJobId(),
        uris.size(),
        uris.stream().mapToLong(UriFingerprint::of).distinct().sum(),
        Objects.requireNonNull(batch.getJob().getSubmittedAt()),
        batch.getLegacyVideoIds(),
        legacy ? uris : List.of());
  }
}
