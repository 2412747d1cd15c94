package com.nomadicml.beam.imports;

import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.LedgerRow;
import com.nomadicml.beam.model.ManifestEntry;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoStatus;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Plans the entries that a lane of a stream has gathered, from what the ledger says of them now. A
 * redelivered message, a retried bundle and a restarted stream all meet what was done before here:
 * what is done is left alone, a batch that was written but not sent is sent with its key, one that
 * was sent is awaited by its job.
 */
final class LanePlanner {
  private final Ledger ledger;
  private final Clock clock;
  private final String runId;
  private final OnUnknownSubmit onUnknown;
  private final ShardPlanner planner;

  LanePlanner(
      Ledger ledger,
      Clock clock,
      String runId,
      OnUnknownSubmit onUnknown,
      int batchSize,
      int maxAttempts) {
    this.ledger = ledger;
    this.clock = clock;
    this.runId = runId;
    this.onUnknown = onUnknown;
    this.planner = new ShardPlanner(runId, clock, batchSize, maxAttempts);
  }

  /**
   * What is to be done.
   *
   * @param unsent batches to be sent, all of them in the tables
   * @param submitted batches of earlier runs to be awaited
   * @param rows that say why an entry is not sent
   */
  record Plan(List<TrackedBatch> unsent, List<TrackedBatch> submitted, List<VideoStatus> rows) {}

  /**
   * Plans, and writes new batches ahead of their requests.
   *
   * @param awaited ids of the batches that the lane awaits already
   */
  Plan plan(List<ManifestEntry> entries, Set<String> awaited, List<SavedIntegration> integrations) {
    Plan plan = new Plan(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    Map<String, List<ManifestEntry>> byDestination = new LinkedHashMap<>();
    for (ManifestEntry entry : entries) {
      String destination = ImportTarget.destination(entry.getScope(), entry.getFolder());
      byDestination.computeIfAbsent(destination, name -> new ArrayList<>()).add(entry);
    }
    byDestination.forEach(
        (destination, some) -> plan(destination, some, awaited, integrations, plan));
    return plan;
  }

  private void plan(
      String destination,
      List<ManifestEntry> entries,
      Set<String> awaited,
      List<SavedIntegration> integrations,
      Plan plan) {
    Set<String> uris = new LinkedHashSet<>();
    entries.forEach(entry -> uris.add(entry.getSourceUri()));
    List<LedgerRow> known = new ArrayList<>();
    Set<String> open = new LinkedHashSet<>();
    for (VideoStatus row : ledger.videos(destination, uris)) {
      boolean isOpen = !row.getState().isFinal() && row.getBatchId() != null;
      if (isOpen && !awaited.contains(row.getBatchId())) {
        open.add(row.getBatchId());
      } else {
        known.add(LedgerRow.of(row, isOpen));
      }
    }
    open.forEach(batchId -> known.addAll(resume(batchId, plan)));
    ShardPlanner.Plan shard = planner.plan(entries, known, integrations);
    shard.count();
    plan.rows().addAll(shard.refused());
    shard.batches().forEach(batch -> plan.unsent().add(writeAhead(batch)));
  }

  private List<LedgerRow> resume(String batchId, Plan plan) {
    BatchResumption resumption =
        BatchResumption.of(ledger.job(batchId).orElse(null), ledger.videosOf(batchId), onUnknown);
    resumption.count();
    plan.rows().addAll(resumption.held());
    if (resumption.unsent() != null) {
      plan.unsent().add(resumption.unsent());
    }
    if (resumption.submitted() != null) {
      plan.submitted().add(resumption.submitted());
    }
    return resumption.ledger();
  }

  /** Rows before their job: a job that is in the tables has all of its items. */
  private TrackedBatch writeAhead(ImportBatch batch) {
    JobStatus job = JobStatus.planned(batch, runId, clock.instant());
    TrackedBatch tracked = TrackedBatch.of(batch, job);
    ledger.recordVideos(tracked.plannedRows());
    ledger.recordJob(job);
    return tracked;
  }
}
