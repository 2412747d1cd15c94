package com.nomadicml.beam.status;

import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoStatus;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.PCollection;

/**
 * Writes planned batches with their rows, in transactions of some thousand rows. For batches in the
 * global window.
 *
 * <p>The rows are made where they are written: as elements of their own, a million of them cost
 * more than their write.
 */
final class JdbcWritePlanned
    extends PTransform<PCollection<TrackedBatch>, PCollection<TrackedBatch>> {
  private final JdbcDatabase database;

  JdbcWritePlanned(JdbcDatabase database) {
    this.database = database;
  }

  @Override
  public PCollection<TrackedBatch> expand(PCollection<TrackedBatch> batches) {
    return batches.apply("WriteBatches", ParDo.of(new WriteFn(database)));
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder.add(DisplayData.item("database", database.toString()));
  }

  private static final class WriteFn extends DoFn<TrackedBatch, TrackedBatch> {
    private static final long serialVersionUID = 1L;
    private static final int ROWS_AT_ONCE = 1_000;

    private final JdbcDatabase database;
    private transient List<TrackedBatch> batches;
    private transient List<VideoStatus> rows;

    WriteFn(JdbcDatabase database) {
      this.database = database;
    }

    @StartBundle
    public void start() {
      batches = new ArrayList<>();
      rows = new ArrayList<>();
    }

    @ProcessElement
    public void write(@Element TrackedBatch batch, OutputReceiver<TrackedBatch> out) {
      batches.add(batch);
      rows.addAll(batch.plannedRows());
      if (rows.size() >= ROWS_AT_ONCE) {
        flush();
        batches.forEach(out::output);
        start();
      }
    }

    @FinishBundle
    public void finish(FinishBundleContext context) {
      flush();
      batches.forEach(
          batch -> context.output(batch, BoundedWindow.TIMESTAMP_MIN_VALUE, GlobalWindow.INSTANCE));
      start();
    }

    private void flush() {
      if (!batches.isEmpty()) {
        new JdbcTransaction(database).run("write planned batches", this::writeTo);
      }
    }

    private void writeTo(Connection connection) throws SQLException {
      List<JobStatus> jobs = batches.stream().map(TrackedBatch::getJob).toList();
      new JdbcUpsert<>(database, VideoTable.VIDEOS).write(connection, rows);
      new JdbcUpsert<>(database, JobTable.JOBS).write(connection, jobs);
    }
  }
}
