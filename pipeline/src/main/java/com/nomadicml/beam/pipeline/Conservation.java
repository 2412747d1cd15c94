package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.imports.ImportMetrics;
import com.nomadicml.beam.manifest.ManifestMetrics;
import com.nomadicml.beam.model.VideoState;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;

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

  /** The counts that a finished pipeline reports. */
  static Conservation of(PipelineResult result) {
    return new Conservation(
        count(result, ManifestMetrics.LINES_READ),
        count(result, ImportMetrics.RESUMED) - count(result, ImportMetrics.IN_FLIGHT),
        count(result, ManifestMetrics.BLANK_LINES),
        count(result, ManifestMetrics.REJECTED_LINES),
        count(result, ImportMetrics.DUPLICATE),
        count(result, ImportMetrics.ALREADY_DONE),
        ended(result, VideoState.UPLOADED),
        ended(result, VideoState.UPLOADING_FAILED),
        ended(result, VideoState.MISSING),
        ended(result, VideoState.REFUSED),
        ended(result, VideoState.SUBMIT_UNKNOWN),
        ended(result, VideoState.PENDING) + ended(result, VideoState.SUBMITTED),
        count(result, ImportMetrics.STOPPED),
        count(result, ImportMetrics.PAUSED),
        count(result, ImportMetrics.UNKNOWN_SUBMITS));
  }

  long accountedFor() {
    return blank
        + rejected
        + duplicate
        + alreadyDone
        + uploaded
        + failed
        + missing
        + refused
        + unknown
        + open
        + stopped;
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

  /** The percentage of finished items that are not uploaded; 0 when none is finished. */
  double failedPercent() {
    return finished() == 0 ? 0 : 100.0 * (finished() - uploaded) / finished();
  }

  /** For a run that was cut off: what is not accounted for yet is open. */
  Conservation withRestOpen() {
    long rest = linesRead + carriedOver - accountedFor();
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

  private static long ended(PipelineResult result, VideoState state) {
    return count(result, ImportMetrics.ended(state));
  }

  private static long count(PipelineResult result, String name) {
    MetricQueryResults metrics =
        result
            .metrics()
            .queryMetrics(
                MetricsFilter.builder()
                    .addNameFilter(MetricNameFilter.named(ImportMetrics.NAMESPACE, name))
                    .build());
    long sum = 0;
    for (MetricResult<Long> counter : metrics.getCounters()) {
      Long committed = counter.getCommittedOrNull();
      sum += committed == null ? counter.getAttempted() : committed;
    }
    return sum;
  }
}
