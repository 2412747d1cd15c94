package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.imports.ImportMetrics;
import com.nomadicml.beam.manifest.ManifestMetrics;
import com.nomadicml.beam.model.VideoState;

/**
 * The sum that accounts for every line that was read. Both sides are counted in different places:
 * lines where they are read, outcomes where they are settled.
 *
 * @param carriedOver items of batches left open by earlier runs that this manifest does not name
 * @param open items still pending or submitted at the end
 * @param stopped items that were not sent since the canary of their target failed
 * @param paused those of the open items that wait for the quota
 * @param unknownSubmits requests whose outcome was unknown
 */
public record Conservation(
    long linesRead,
    long carriedOver,
    long blank,
    long rejected,
    long duplicate,
    long alreadyDone,
    long uploaded,
    long failed,
    long missing,
    long refused,
    long unknown,
    long open,
    long stopped,
    long paused,
    long unknownSubmits) {

  static Conservation of(Counters counters) {
    return new Conservation(
        counters.get(ManifestMetrics.LINES_READ),
        counters.get(ImportMetrics.RESUMED) - counters.get(ImportMetrics.IN_FLIGHT),
        counters.get(ManifestMetrics.BLANK_LINES),
        counters.get(ManifestMetrics.REJECTED_LINES),
        counters.get(ImportMetrics.DUPLICATE),
        counters.get(ImportMetrics.ALREADY_DONE),
        counters.ended(VideoState.UPLOADED),
        counters.ended(VideoState.UPLOADING_FAILED),
        counters.ended(VideoState.MISSING),
        counters.ended(VideoState.REFUSED),
        counters.ended(VideoState.SUBMIT_UNKNOWN),
        counters.ended(VideoState.PENDING) + counters.ended(VideoState.SUBMITTED),
        counters.get(ImportMetrics.STOPPED),
        counters.get(ImportMetrics.PAUSED),
        counters.get(ImportMetrics.UNKNOWN_SUBMITS));
  }

  /** What this run has to account for beyond what was settled before it: its items. */
  long items() {
    return linesRead + carriedOver - blank - rejected - duplicate - alreadyDone;
  }

  long accountedFor() {
    return blank + rejected + duplicate + alreadyDone + itemsAccountedFor();
  }

  /** Items that have come to their end in this run, or were left open by it. */
  long itemsAccountedFor() {
    return uploaded + failed + missing + refused + unknown + open + stopped;
  }

  boolean holds() {
    return linesRead + carriedOver == accountedFor();
  }

  /** Whether every item is uploaded. */
  boolean isAllUploaded() {
    return rejected + failed + missing + refused + unknown + open + stopped == 0;
  }

  /** Items of this run that have come to their end, whatever it is. */
  long finished() {
    return uploaded + failed + missing + refused;
  }

  /** For a run that was cut off: what is not accounted for yet is open. */
  Conservation withRestOpen() {
    long rest = Math.max(0, linesRead + carriedOver - accountedFor());
    return new Conservation(
        linesRead,
        carriedOver,
        blank,
        rejected,
        duplicate,
        alreadyDone,
        uploaded,
        failed,
        missing,
        refused,
        unknown,
        open + rest,
        stopped,
        paused,
        unknownSubmits);
  }
}
