package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.imports.Ledger;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.status.StatusStore;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The status tables as the journal of what is sent, and as what a stream looks items up in. */
record StoreLedger(StatusStore store) implements Ledger {
  @Override
  public void recordJob(JobStatus job) {
    store.recordJob(job);
  }

  @Override
  public void recordVideos(List<VideoStatus> rows) {
    store.recordVideos(rows);
  }

  @Override
  public List<VideoStatus> recordSubmitted(TrackedBatch batch, String runId, Instant at) {
    return store.recordSubmitted(batch, runId, at);
  }

  @Override
  public List<JobStatus> submittedBy(String runId) {
    return store.jobsSubmittedBy(runId);
  }

  @Override
  public List<VideoStatus> videos(String destination, Collection<String> sourceUris) {
    return store.videos(destination, sourceUris);
  }

  @Override
  public List<VideoStatus> videosOf(String batchId) {
    return store.videosOf(batchId);
  }

  @Override
  public Optional<JobStatus> job(String batchId) {
    return store.job(batchId);
  }
}
