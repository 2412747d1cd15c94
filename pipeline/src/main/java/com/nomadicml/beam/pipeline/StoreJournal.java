package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.imports.JobJournal;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.status.StatusStore;
import java.util.List;

/** The status tables as the journal of what is sent. */
record StoreJournal(StatusStore store) implements JobJournal {
  @Override
  public void recordJob(JobStatus job) {
    store.recordJob(job);
  }

  @Override
  public void recordVideos(List<VideoStatus> rows) {
    store.recordVideos(rows);
  }

  @Override
  public List<JobStatus> submittedBy(String runId) {
    return store.jobsSubmittedBy(runId);
  }
}
