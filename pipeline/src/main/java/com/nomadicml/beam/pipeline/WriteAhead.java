package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.TrackedBatchCoder;
import com.nomadicml.beam.status.StatusStore;
import java.time.Clock;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;

/**
 * Puts the plan into the tables before it is carried out. Takes batches; yields them once their
 * rows and jobs are written.
 */
final class WriteAhead extends PTransform<PCollection<ImportBatch>, PCollection<TrackedBatch>> {
  private final StatusStore store;
  private final String runId;
  private final Clock clock;

  WriteAhead(StatusStore store, String runId, Clock clock) {
    this.store = store;
    this.runId = runId;
    this.clock = clock;
  }

  @Override
  public PCollection<TrackedBatch> expand(PCollection<ImportBatch> batches) {
    return batches
        .apply("Track", ParDo.of(new TrackFn(runId, clock)))
        .setCoder(new TrackedBatchCoder())
        .apply("WritePlanned", store.writePlanned())
        .setCoder(new TrackedBatchCoder());
  }

  private static class TrackFn extends DoFn<ImportBatch, TrackedBatch> {
    private static final long serialVersionUID = 1L;

    private final String runId;
    private final Clock clock;

    TrackFn(String runId, Clock clock) {
      this.runId = runId;
      this.clock = clock;
    }

    @ProcessElement
    public void track(@Element ImportBatch batch, OutputReceiver<TrackedBatch> out) {
      out.output(TrackedBatch.of(batch, JobStatus.planned(batch, runId, clock.instant())));
    }
  }
}
