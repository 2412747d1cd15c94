package com.nomadicml.beam.status;

import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.VideoStatus;
import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;

/**
 * The ledger where rows are found by their key at little cost: a run of a thousand lines reads a
 * thousand rows, however many there are.
 */
public interface LedgerByKey extends Serializable {
  /**
   * Whether looking some items up costs less than reading all rows of their destination. What it
   * costs to know follows {@code items}, not the rows.
   */
  boolean isCheaper(String destination, long items);

  /** The rows of these items that are there, in any order. */
  List<VideoStatus> videos(String destination, Collection<String> sourceUris);

  /**
   * All rows of batches in some destinations that have an item which has not come to its end, or
   * that the run itself has sent or planned.
   */
  PTransform<PCollection<String>, PCollection<VideoStatus>> readOpenVideos(String runId);

  /** These batches. */
  PTransform<PCollection<String>, PCollection<JobStatus>> readOpenJobs(String runId);
}
