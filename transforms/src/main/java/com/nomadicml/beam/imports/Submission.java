package com.nomadicml.beam.imports;

import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoStatus;
import java.util.List;

/** What became of a batch's request: the batch with its job as it stands now, and its rows. */
record Submission(TrackedBatch batch, List<VideoStatus> rows) {
  boolean isAccepted() {
    return batch.getJob().getState() == JobState.SUBMITTED;
  }
}
