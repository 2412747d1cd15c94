package com.nomadicml.beam.imports;

import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import java.io.Serializable;
import java.time.Instant;
import java.util.List;

/**
 * What is written at once, before the next request is sent: a runner keeps a bundle's output back
 * until the bundle ends, and a crash before that must not forget a job id.
 *
 * <p>Of a batch, rows are written before its job: a job that is in the tables has all of its items.
 */
public interface JobJournal extends Serializable {
  void recordJob(JobStatus job);

  void recordVideos(List<VideoStatus> rows);

  /**
   * Records that a batch was taken: its job, and that its rows, which are there, are submitted.
   *
   * @return the rows that are left to be written with the run's others: none where all could be
   *     changed at once
   */
  default List<VideoStatus> recordSubmitted(TrackedBatch batch, String runId, Instant at) {
    recordJob(batch.getJob());
    return batch.rows(VideoState.SUBMITTED, null, null, runId, at);
  }

  /** The jobs that this run has submitted so far: a bundle that is run again must not repeat it. */
  List<JobStatus> submittedBy(String runId);
}
