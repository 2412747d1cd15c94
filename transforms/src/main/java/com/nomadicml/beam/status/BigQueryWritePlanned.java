package com.nomadicml.beam.status;

import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoStatus;
import org.apache.beam.sdk.transforms.FlatMapElements;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.Wait;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptor;

/** Writes the rows of planned batches, beside their batch too, then their jobs, each in bulk. */
final class BigQueryWritePlanned
    extends PTransform<PCollection<TrackedBatch>, PCollection<TrackedBatch>> {
  private final BigQueryStatusStore store;

  BigQueryWritePlanned(BigQueryStatusStore store) {
    this.store = store;
  }

  @Override
  public PCollection<TrackedBatch> expand(PCollection<TrackedBatch> batches) {
    PCollection<VideoStatus> planned =
        batches.apply(
            "PlannedRows",
            FlatMapElements.into(TypeDescriptor.of(VideoStatus.class))
                .via(TrackedBatch::plannedRows));
    PCollection<Void> items =
        planned.apply("WriteItems", new BigQueryWrite<>(store.items(), store.services()));
    PCollection<Void> rows = planned.apply("WritePlannedRows", store.writeVideos());
    PCollection<Void> jobs =
        batches
            .apply("AfterRows", Wait.on(items, rows))
            .apply(
                "PlannedJobs",
                MapElements.into(TypeDescriptor.of(JobStatus.class)).via(TrackedBatch::getJob))
            .apply("WritePlannedJobs", store.writeJobs());
    return batches.apply("AfterJobs", Wait.on(jobs));
  }
}
