package com.nomadicml.beam.imports;

import java.io.Serializable;
import java.time.Duration;

/**
 * How a stream imports.
 *
 * @param lanes that share the quota
 * @param batchSize items of a full batch
 * @param maxBatchDelay how long an item waits for others at most
 * @param maxAttempts how often a failed item is imported in all
 * @param awaitTimeout how long after its submission a job is awaited
 * @param pageSize rows that a page is asked for; {@link JobReader#AUTO_PAGE_SIZE} for all there are
 */
public record StreamSettings(
    int lanes,
    int batchSize,
    Duration maxBatchDelay,
    int maxAttempts,
    Duration awaitTimeout,
    int pageSize,
    OnUnknownSubmit onUnknown)
    implements Serializable {

  int rowsAPage() {
    return pageSize == JobReader.AUTO_PAGE_SIZE ? JobReader.USUAL_PAGE_SIZE : pageSize;
  }
}
