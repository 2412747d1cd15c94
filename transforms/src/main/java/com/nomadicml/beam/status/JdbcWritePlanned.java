package com.nomadicml.beam.status;

import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.TrackedBatchCoder;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.status.JdbcTransaction.Durability;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;

/**
 * Writes planned batches with their rows, those of a bundle in transactions of some ten thousand
 * rows. For batches in the global window. Those of a stream are written as they come, and its lane
 * hears of each.
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
    if (batches.isBounded() == IsBounded.UNBOUNDED) {
      return batches
          .apply("WriteEach", ParDo.of(new WriteEachFn(database)))
          .setCoder(new TrackedBatchCoder());
    }
    return batches
        .apply("WriteBatches", ParDo.of(new WriteFn(database)))
        .setCoder(new TrackedBatchCoder());
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder.add(DisplayData.item("database", database.toString()));
  }

  private static final class WriteEachFn extends DoFn<TrackedBatch, TrackedBatch> {
    private static final long serialVersionUID = 1L;

    private final JdbcDatabase database;

    WriteEachFn(JdbcDatabase database) {
      this.database = database;
    }

    @ProcessElement
    public void write(@Element TrackedBatch batch, OutputReceiver<TrackedBatch> out) {
      JdbcTransaction.Write plan = plan(database, List.of(batch), batch.plannedRows());
      new JdbcTransaction(database)
          .run(
              "write a planned batch",
              connection -> {
                plan.to(connection);
                JdbcArrivals.add(new JdbcStatements(database, connection), batch.getJob());
              });
      out.output(batch);
    }
  }

  private static JdbcTransaction.Write plan(
      JdbcDatabase database, List<TrackedBatch> batches, List<VideoStatus> rows) {
    List<JobStatus> jobs = batches.stream().map(TrackedBatch::getJob).toList();
    List<VideoStatus> replanned = rows.stream().filter(row -> row.getAttempt() > 1).toList();
    JdbcTransaction.Write planned = new JdbcUpsert<>(database, VideoTable.VIDEOS).of(rows);
    JdbcTransaction.Write tracked = new JdbcUpsert<>(database, JobTable.JOBS).of(jobs);
    return connection -> {
      JdbcReplan.keepAttempts(database, connection, replanned);
      planned.to(connection);
      tracked.to(connection);
    };
  }

  private static final class WriteFn extends DoFn<TrackedBatch, TrackedBatch> {
    private static final long serialVersionUID = 1L;
    private static final int ROWS_AT_ONCE = 10_000;

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
        flush().forEach(out::output);
      }
    }

    @FinishBundle
    public void finish(FinishBundleContext context) {
      flush()
          .forEach(
              batch ->
                  context.output(batch, BoundedWindow.TIMESTAMP_MIN_VALUE, GlobalWindow.INSTANCE));
    }

    private List<TrackedBatch> flush() {
      List<TrackedBatch> written = batches;
      if (!written.isEmpty()) {
        // The intent to send one of them makes all of them last.
        new JdbcTransaction(database)
            .run("write planned batches", Durability.WITH_THE_NEXT, plan(database, written, rows));
        start();
      }
      return written;
    }
  }
}
