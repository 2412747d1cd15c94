package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.imports.ImportMetrics;
import com.nomadicml.beam.manifest.ManifestMetrics;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.status.RunSnapshot;
import com.nomadicml.beam.status.RunState;
import com.nomadicml.beam.status.RunStatus;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What has become of the lines of a run so far: one count a line of the sum, which holds at any
 * time.
 *
 * @param read lines of the manifest
 * @param expanded objects that wildcard lines named, beyond one a line
 * @param carriedOver items of batches left open by earlier runs that this manifest does not name
 * @param byName the other counts of the sum, by their names in the tables
 */
record RunLines(long read, long expanded, long carriedOver, Map<String, Long> byName) {
  static final String OPEN = "open";

  /** What a run says of itself at its end, or else what its plan and its batches say. */
  static RunLines of(RunSnapshot tables, TargetProgress.Sum batches, boolean isPlanning) {
    RunStatus run = tables.run();
    Map<String, Long> ended = ofRow(run);
    long sum = ended.values().stream().mapToLong(Long::longValue).sum();
    boolean isWhole = run.getLinesRead() > 0 && sum >= run.getLinesRead() + run.getExpanded();
    if (run.getState() != RunState.RUNNING && isWhole) {
      long carriedOver = sum - run.getLinesRead() - run.getExpanded();
      return new RunLines(run.getLinesRead(), run.getExpanded(), carriedOver, ended);
    }
    return counted(run, new Counters(tables.counts()), batches, isPlanning);
  }

  private static Map<String, Long> ofRow(RunStatus run) {
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("blank", run.getBlank());
    counts.put("rejected", run.getRejected());
    counts.put("skipped", run.getSkipped());
    counts.put("duplicate", run.getDuplicate());
    counts.put("alreadyDone", run.getAlreadyDone());
    counts.put("uploaded", run.getUploaded());
    counts.put("failed", run.getFailed());
    counts.put("missing", run.getMissing());
    counts.put("refused", run.getRefused());
    counts.put("unknown", run.getUnknown());
    counts.put(OPEN, run.getOpen());
    counts.put("stopped", run.getStopped());
    return counts;
  }

  /** What is not accounted for is open: the tables tell of a batch when it has ended. */
  private static RunLines counted(
      RunStatus run, Counters planned, TargetProgress.Sum batches, boolean isPlanning) {
    // A plan is counted when it is whole; until then the run says how far it has read.
    boolean hasPlan = !isPlanning && planned.get(ManifestMetrics.LINES_READ) > 0;
    Counters plan = hasPlan ? planned : new Counters(Map.of());
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("blank", plan.get(ManifestMetrics.BLANK_LINES));
    counts.put("rejected", plan.get(ManifestMetrics.REJECTED_LINES));
    counts.put("skipped", Skips.sum(plan));
    counts.put("duplicate", plan.get(ImportMetrics.DUPLICATE));
    counts.put("alreadyDone", plan.get(ImportMetrics.ALREADY_DONE));
    counts.put("uploaded", plan.ended(VideoState.UPLOADED) + batches.uploaded());
    counts.put("failed", plan.ended(VideoState.UPLOADING_FAILED) + batches.failed());
    counts.put("missing", plan.ended(VideoState.MISSING) + batches.missing());
    counts.put("refused", plan.ended(VideoState.REFUSED) + batches.refused());
    counts.put("unknown", plan.ended(VideoState.SUBMIT_UNKNOWN) + batches.unknown());
    counts.put(OPEN, 0L);
    counts.put("stopped", batches.stopped());
    long settled = counts.values().stream().mapToLong(Long::longValue).sum();
    long expanded = plan.get(ManifestMetrics.EXPANDED);
    long carriedOver = plan.get(ImportMetrics.RESUMED) - plan.get(ImportMetrics.IN_FLIGHT);
    long read = Math.max(run.getLinesRead(), plan.get(ManifestMetrics.LINES_READ));
    if (!hasPlan) {
      // A stream plans as it goes.
      read = Math.max(read, settled + batches.open());
    }
    counts.put(OPEN, Math.max(0, read + expanded + carriedOver - settled));
    return new RunLines(read, expanded, carriedOver, counts);
  }

  /** Puts them into the row of a run, for which the sum then holds. */
  RunStatus.Builder into(RunStatus.Builder row) {
    return row.setLinesRead(read)
        .setExpanded(expanded)
        .setBlank(get("blank"))
        .setRejected(get("rejected"))
        .setSkipped(get("skipped"))
        .setDuplicate(get("duplicate"))
        .setAlreadyDone(get("alreadyDone"))
        .setUploaded(get("uploaded"))
        .setFailed(get("failed"))
        .setMissing(get("missing"))
        .setRefused(get("refused"))
        .setUnknown(get("unknown"))
        .setOpen(get(OPEN))
        .setStopped(get("stopped"));
  }

  /** What came in: the sum of all other counts. */
  long total() {
    return byName.values().stream().mapToLong(Long::longValue).sum();
  }

  long get(String name) {
    return byName.get(name);
  }

  long accountedFor() {
    return total() - get(OPEN);
  }

  /** In percent with one decimal; 100 only when nothing is open. */
  double percent() {
    return total() == 0 ? 0 : Math.floor(1_000.0 * accountedFor() / total()) / 10;
  }
}
