package com.nomadicml.beam.status;

import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.TrackedBatchCoder;
import com.nomadicml.beam.model.VideoStatus;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.FlatMapElements;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Wait;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.TypeDescriptor;

/**
 * Writes the rows of planned batches, beside their batch too, then their jobs, each in bulk. Those
 * of a stream are written as they come, and its lane hears of each.
 */
final class BigQueryWritePlanned
    extends PTransform<PCollection<TrackedBatch>, PCollection<TrackedBatch>> {
  private final BigQueryStatusStore store;

  BigQueryWritePlanned(BigQueryStatusStore store) {
    this.store = store;
  }

  @Override
  public PCollection<TrackedBatch> expand(PCollection<TrackedBatch> batches) {
    if (batches.isBounded() == IsBounded.UNBOUNDED) {
      return batches
          .apply("WriteEach", ParDo.of(new WriteEachFn(store)))
          .setCoder(new TrackedBatchCoder());
    }
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

  private static final class WriteEachFn extends DoFn<TrackedBatch, TrackedBatch> {
    private static final long serialVersionUID = 1L;

    private final BigQueryStatusStore store;
    private transient BigQueryAppends appends;

    WriteEachFn(BigQueryStatusStore store) {
      this.store = store;
    }

    @Setup
    public void open() {
      appends = new BigQueryAppends(store, true);
    }

    @ProcessElement
    public void write(@Element TrackedBatch batch, OutputReceiver<TrackedBatch> out) {
      appends.upsert(store.items(), batch.plannedRows());
      appends.upsert(store.videos(), batch.plannedRows());
      appends.upsert(store.jobs(), List.of(batch.getJob()));
      new BigQueryArrivals(store, appends).add(batch.getJob());
      out.output(batch);
    }

    @Teardown
    public void close() {
      appends.close();
    }
  }
}
