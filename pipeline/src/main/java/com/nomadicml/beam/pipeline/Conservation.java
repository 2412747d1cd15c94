package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.imports.ImportMetrics;
import com.nomadicml.beam.manifest.ManifestMetrics;
import com.nomadicml.beam.model.VideoState;

/**
 * The sum that accounts for every line that was read. Both sides are counted in different places:
 * lines where they are read, outcomes where they are settled.
 *
 * @param carriedOver items of batches left open by earlier runs that this manifest does not name
 * @param expanded objects that wildcard lines named, beyond one a line
 * @param skipped good lines that were left out
 * @param open items still pending or submitted at the end
 * @param stopped items that were not sent since the canary of their target failed
 * @param paused those of the open items that wait for the quota
 * @param unknownSubmits requests whose outcome was unknown
 * @param withoutViews those of the uploaded items that are sets of which a view failed
 */
public record Conservation(
    long linesRead,
    long carriedOver,
    long expanded,
    long blank,
    long rejected,
    long skipped,
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
    long unknownSubmits,
    long withoutViews) {

  static Conservation of(Counters counters) {
    return new Conservation(
        counters.get(ManifestMetrics.LINES_READ),
        counters.get(ImportMetrics.RESUMED) - counters.get(ImportMetrics.IN_FLIGHT),
        counters.get(ManifestMetrics.EXPANDED),
        counters.get(ManifestMetrics.BLANK_LINES),
        counters.get(ManifestMetrics.REJECTED_LINES),
        Skips.sum(counters),
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
        counters.get(ImportMetrics.UNKNOWN_SUBMITS),
        counters.get(ImportMetrics.UPLOADED_WITHOUT_VIEWS));
  }

  /** What this run has to account for beyond what was settled before it: its items. */
  long items() {
    return cameIn() - blank - rejected - skipped - duplicate - alreadyDone;
  }

  /** The other side of the sum. */
  long cameIn() {
    return linesRead + carriedOver + expanded;
  }

  long accountedFor() {
    return blank + rejected + skipped + duplicate + alreadyDone + itemsAccountedFor();
  }

  /** Items that have come to their end in this run, or were left open by it. */
  long itemsAccountedFor() {
    return uploaded + failed + missing + refused + unknown + open + stopped;
  }

  boolean holds() {
    return cameIn() == accountedFor();
  }

  /** Whether every item is uploaded, sets with all of their views. */
  boolean isAllUploaded() {
    return rejected + failed + missing + refused + unknown + open + stopped + withoutViews == 0;
  }

  /** Items of this run that have come to their end, whatever it is. */
  long finished() {
    return uploaded + failed + missing + refused;
  }

  /** For a run that was cut off: what is not accounted for yet is open. */
  Conservation withRestOpen() {
    long rest = Math.max(0, cameIn() - accountedFor());
    return new Conservation(
        linesRead,
        carriedOver,
        expanded,
        blank,
        rejected,
        skipped,
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
        unknownSubmits,
        withoutViews);
  }
}
