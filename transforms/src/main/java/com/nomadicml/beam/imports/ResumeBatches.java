package com.nomadicml.beam.imports;

import com.google.common.collect.Iterables;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.LedgerRow;
import com.nomadicml.beam.model.PartCount;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.TrackedBatchCoder;
import com.nomadicml.beam.model.ValueCoder;
import com.nomadicml.beam.model.VideoStatus;
import java.util.Objects;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.join.CoGbkResult;
import org.apache.beam.sdk.transforms.join.CoGroupByKey;
import org.apache.beam.sdk.transforms.join.KeyedPCollectionTuple;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * Takes up what earlier runs left open. Takes the ledger's rows ({@link #ROWS}) and jobs ({@link
 * #JOBS}); yields batches to send again with their key ({@link #UNSENT}), batches to await by their
 * job ({@link #SUBMITTED}), for {@link PlanImports} every row with whether it is in flight ({@link
 * #LEDGER}), and rows that have to say that their batch is held ({@link #HELD}).
 *
 * <p>A job's row is written after all rows of its batch, so a batch that has a job row has all of
 * its items. A pending row without one was never sent: it is planned anew.
 */
public final class ResumeBatches extends PTransform<PCollectionTuple, PCollectionTuple> {
  public static final TupleTag<VideoStatus> ROWS = new TupleTag<>() {};
  public static final TupleTag<JobStatus> JOBS = new TupleTag<>() {};
  public static final TupleTag<LedgerRow> LEDGER = new TupleTag<>() {};
  public static final TupleTag<TrackedBatch> UNSENT = new TupleTag<>() {};
  public static final TupleTag<TrackedBatch> SUBMITTED = new TupleTag<>() {};
  public static final TupleTag<VideoStatus> HELD = new TupleTag<>() {};

  /** Items of open batches by what is done with these, by the names of {@link ImportMetrics}. */
  public static final TupleTag<PartCount> COUNTS = new TupleTag<>() {};

  private final OnUnknownSubmit onUnknown;
  private final ThisRun run;

  private ResumeBatches(OnUnknownSubmit onUnknown, ThisRun run) {
    this.onUnknown = onUnknown;
    this.run = run;
  }

  /** Resumes all open batches, those of unknown outcome as {@code onUnknown} says. */
  public static ResumeBatches onUnknown(OnUnknownSubmit onUnknown) {
    return new ResumeBatches(onUnknown, ThisRun.WITHOUT_LANE);
  }

  /**
   * The same for a run whose lane is at work: what it has planned, or taken over, it does not take
   * for what was done before it.
   */
  public ResumeBatches ofRun(String runId) {
    return new ResumeBatches(onUnknown, new ThisRun(runId));
  }

  @Override
  public PCollectionTuple expand(PCollectionTuple input) {
    TupleTag<VideoStatus> rowTag = new TupleTag<>() {};
    TupleTag<JobStatus> jobTag = new TupleTag<>() {};
    PCollection<KV<String, VideoStatus>> rows =
        input
            .get(ROWS)
            .apply("Items", Filter.by(row -> row.getProvider() != null))
            .apply(
                "KeyRows",
                WithKeys.of((VideoStatus row) -> Objects.toString(row.getBatchId(), ""))
                    .withKeyType(TypeDescriptors.strings()));
    PCollection<KV<String, JobStatus>> jobs =
        input
            .get(JOBS)
            .apply(
                "KeyJobs",
                WithKeys.of(JobStatus::getBatchId).withKeyType(TypeDescriptors.strings()));
    PCollectionTuple resumed =
        KeyedPCollectionTuple.of(rowTag, rows)
            .and(jobTag, jobs)
            .apply("MeetBatches", CoGroupByKey.create())
            .apply(
                "Resume",
                ParDo.of(new ResumeFn(rowTag, jobTag, onUnknown, run))
                    .withOutputTags(
                        LEDGER, TupleTagList.of(UNSENT).and(SUBMITTED).and(HELD).and(COUNTS)));
    resumed.get(UNSENT).setCoder(new TrackedBatchCoder());
    resumed.get(SUBMITTED).setCoder(new TrackedBatchCoder());
    resumed.get(HELD).setCoder(ValueCoder.of(VideoStatus.class));
    return resumed;
  }

  private static class ResumeFn extends DoFn<KV<String, CoGbkResult>, LedgerRow> {
    private static final long serialVersionUID = 1L;

    private final TupleTag<VideoStatus> rowTag;
    private final TupleTag<JobStatus> jobTag;
    private final OnUnknownSubmit onUnknown;
    private final ThisRun run;

    ResumeFn(
        TupleTag<VideoStatus> rowTag,
        TupleTag<JobStatus> jobTag,
        OnUnknownSubmit onUnknown,
        ThisRun run) {
      this.rowTag = rowTag;
      this.jobTag = jobTag;
      this.onUnknown = onUnknown;
      this.run = run;
    }

    @ProcessElement
    public void resume(@Element KV<String, CoGbkResult> batch, MultiOutputReceiver out) {
      BatchResumption resumption =
          BatchResumption.of(
              Iterables.getFirst(batch.getValue().getAll(jobTag), null),
              batch.getValue().getAll(rowTag),
              onUnknown,
              run);
      resumption.count();
      resumption.counts().list().forEach(out.get(COUNTS)::output);
      resumption.ledger().forEach(out.get(LEDGER)::output);
      resumption.held().forEach(out.get(HELD)::output);
      if (resumption.unsent() != null) {
        out.get(UNSENT).output(resumption.unsent());
      }
      if (resumption.submitted() != null) {
        out.get(SUBMITTED).output(resumption.submitted());
      }
    }
  }
}
