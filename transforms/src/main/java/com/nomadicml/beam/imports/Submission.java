package com.nomadicml.beam.imports;

import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoStatus;
import java.util.List;

/**
 * What became of a batch's request.
 *
 * @param batch with its job as it stands now
 * @param rows of the batch that are to be written; none where the journal has them
 */
record Submission(TrackedBatch batch, List<VideoStatus> rows) {
  boolean isAccepted() {
    return batch.getJob().getState() == JobState.SUBMITTED;
  }
}
