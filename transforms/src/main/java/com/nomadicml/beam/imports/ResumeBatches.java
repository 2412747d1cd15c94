package com.nomadicml.beam.imports;

import com.google.common.collect.Iterables;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.LedgerRow;
import com.nomadicml.beam.model.PartCount;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.TrackedBatchCoder;
import com.nomadicml.beam.model.ValueCoder;
import com.nomadicml.beam.model.VideoStatus;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.join.CoGbkResult;
import org.apache.beam.sdk.transforms.join.CoGroupByKey;
import org.apache.beam.sdk.transforms.join.KeyedPCollectionTuple;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * Takes up what earlier runs left open. Takes the ledger's rows ({@link #ROWS}) and jobs ({@link
 * #JOBS}), and rows that were looked up where it is not read as a whole ({@link #LOOKED_UP});
 * yields batches to send again with their key ({@link #UNSENT}), batches to await by their job
 * ({@link #SUBMITTED}), for {@link PlanImports} every row with whether it is in flight ({@link
 * #LEDGER}), and rows that have to say that their batch is held ({@link #HELD}).
 *
 * <p>A job's row is written after all rows of its batch, so a batch that has a job row has all of
 * its items. A pending row without one was never sent: it is planned anew.
 */
public final class ResumeBatches extends PTransform<PCollectionTuple, PCollectionTuple> {
  public static final TupleTag<VideoStatus> ROWS = new TupleTag<>() {};
  public static final TupleTag<JobStatus> JOBS = new TupleTag<>() {};

  /** Their batches are left as they are, unless these are among the others as a whole. */
  public static final TupleTag<VideoStatus> LOOKED_UP = new TupleTag<>() {};

  public static final TupleTag<LedgerRow> LEDGER = new TupleTag<>() {};
  public static final TupleTag<TrackedBatch> UNSENT = new TupleTag<>() {};
  public static final TupleTag<TrackedBatch> SUBMITTED = new TupleTag<>() {};
  public static final TupleTag<VideoStatus> HELD = new TupleTag<>() {};

  /** Items of open batches by what is done with these, by the names of {@link ImportMetrics}. */
  public static final TupleTag<PartCount> COUNTS = new TupleTag<>() {};

  private static final TupleTag<LedgerRow> IN_BATCHES = new TupleTag<>() {};

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
            .apply("InBatches", Filter.by(row -> isItem(row) && row.getBatchId() != null))
            .apply(
                "KeyRows",
                WithKeys.of(VideoStatus::getBatchId).withKeyType(TypeDescriptors.strings()));
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
                        IN_BATCHES, TupleTagList.of(UNSENT).and(SUBMITTED).and(HELD).and(COUNTS)));
    // However many they are, they need not meet.
    PCollection<LedgerRow> alone =
        PCollectionList.of(
                input.get(ROWS).apply("OfNoBatch", Filter.by(row -> row.getBatchId() == null)))
            .and(input.get(LOOKED_UP))
            .apply("Alone", Flatten.pCollections())
            .apply("AloneItems", Filter.by(ResumeBatches::isItem))
            .apply(
                "Know", MapElements.into(TypeDescriptor.of(LedgerRow.class)).via(run::ledgerRow));
    resumed.get(UNSENT).setCoder(new TrackedBatchCoder());
    resumed.get(SUBMITTED).setCoder(new TrackedBatchCoder());
    resumed.get(HELD).setCoder(ValueCoder.of(VideoStatus.class));
    return PCollectionTuple.of(
            LEDGER,
            PCollectionList.of(resumed.get(IN_BATCHES))
                .and(alone)
                .apply("Ledger", Flatten.pCollections()))
        .and(UNSENT, resumed.get(UNSENT))
        .and(SUBMITTED, resumed.get(SUBMITTED))
        .and(HELD, resumed.get(HELD))
        .and(COUNTS, resumed.get(COUNTS));
  }

  private static boolean isItem(VideoStatus row) {
    return row.getProvider() != null;
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
      resumption.ledger().forEach(out.get(IN_BATCHES)::output);
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
