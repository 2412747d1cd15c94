package com.nomadicml.beam.imports;

import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.LedgerRow;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import java.io.Serializable;

/**
 * Tells what a run finds of itself in the tables. An engine that loses a worker plans again while
 * the run's lane is at work; what the lane has done since then is none of what was done before.
 *
 * @param runId "" for a plan that no lane carries out
 */
record ThisRun(String runId) implements Serializable {
  static final ThisRun WITHOUT_LANE = new ThisRun("");

  /** Whether the run's lane sees to a batch, or has seen to it. */
  boolean has(JobStatus job) {
    return job.getRunId().equals(runId);
  }

  /** Whether that is a batch of its own plan, and not one of an earlier run. */
  boolean hasPlanned(JobStatus job) {
    return has(job) && runId.equals(job.getPlannedBy());
  }

  /** What planning needs to know of a row that no open batch carries. */
  LedgerRow ledgerRow(VideoStatus row) {
    return hasTakenBack(row) ? LedgerRow.planned(row) : LedgerRow.of(row, false);
  }

  /** Whether the run has planned an item, and taken it back, as its target was stopped. */
  private boolean hasTakenBack(VideoStatus row) {
    return row.getRunId().equals(runId)
        && row.getBatchId() == null
        && row.getState() == VideoState.PENDING;
  }
}
