package com.nomadicml.beam.imports;

import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.VideoStatus;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The status tables as a stream asks them: of the items that it is about to plan, not of a whole
 * destination.
 */
public interface Ledger extends JobJournal {
  /** The rows of these items that are there. */
  List<VideoStatus> videos(String destination, Collection<String> sourceUris);

  /** All rows of a batch. */
  List<VideoStatus> videosOf(String batchId);

  Optional<JobStatus> job(String batchId);
}
