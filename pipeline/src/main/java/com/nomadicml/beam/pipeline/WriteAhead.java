package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.status.StatusStore;
import java.time.Clock;
import java.time.Instant;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.FlatMapElements;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Wait;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;

/**
 * Puts the plan into the tables before it is carried out. Takes batches; yields them once their
 * rows, and then their jobs, are written.
 *
 * <p>In this order, so that a batch with a job row has all of its items in the tables.
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
    PCollection<TrackedBatch> tracked = batches.apply("Track", ParDo.of(new TrackFn(runId, clock)));
    String runId = this.runId;
    PCollection<Void> rows =
        tracked
            .apply(
                "PlannedRows",
                FlatMapElements.into(TypeDescriptor.of(VideoStatus.class))
                    .via(
                        batch ->
                            batch.rows(
                                VideoState.PENDING,
                                null,
                                null,
                                runId,
                                Instant.ofEpochMilli(batch.getJob().getPlannedAt()))))
            .apply("WritePlannedRows", store.writeVideos());
    PCollection<Void> jobs =
        tracked
            .apply("AfterRows", Wait.on(rows))
            .apply(
                "PlannedJobs",
                MapElements.into(TypeDescriptor.of(JobStatus.class)).via(TrackedBatch::getJob))
            .apply("WritePlannedJobs", store.writeJobs());
    return tracked.apply("AfterJobs", Wait.on(jobs));
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
