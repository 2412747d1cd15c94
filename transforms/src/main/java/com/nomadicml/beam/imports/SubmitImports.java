package com.nomadicml.beam.imports;

import com.nomadicml.beam.api.NomadicApi;
import com.nomadicml.beam.api.NomadicApiFactory;
import com.nomadicml.beam.model.Packing;
import com.nomadicml.beam.model.Panes;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.TrackedBatchCoder;
import com.nomadicml.beam.model.ValueCoder;
import com.nomadicml.beam.model.VideoStatus;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;

/**
 * Sends each planned batch as one import request. Takes batches whose rows are in the tables
 * already; yields {@link #SUBMITTED} ones with their job, {@link #CLOSED} ones that were refused or
 * are held, and the {@link #ROWS} of both that the journal does not have.
 *
 * <p>A bundle that is run again sends only what it did not get a job for, and a batch's id is its
 * {@code Idempotency-Key}, so the one request in doubt has the same key. A lane is one key, so one
 * thread: its share of the quota needs no service beside it.
 */
public final class SubmitImports extends PTransform<PCollection<TrackedBatch>, PCollectionTuple> {
  public static final TupleTag<TrackedBatch> SUBMITTED = new TupleTag<>() {};
  public static final TupleTag<TrackedBatch> CLOSED = new TupleTag<>() {};
  public static final TupleTag<VideoStatus> ROWS = new TupleTag<>() {};

  private static final Packing<TrackedBatch> BATCHES = new Packing<>(new TrackedBatchCoder());

  private final NomadicApiFactory api;
  private final JobJournal journal;
  private final PCollectionView<Map<String, FolderAnswer>> folders;
  private final Clock clock;
  private final String runId;
  private final OnUnknownSubmit onUnknown;
  private final int lanes;
  private final boolean asTheyCome;

  private SubmitImports(
      NomadicApiFactory api,
      JobJournal journal,
      PCollectionView<Map<String, FolderAnswer>> folders,
      Clock clock,
      String runId,
      OnUnknownSubmit onUnknown,
      int lanes,
      boolean asTheyCome) {
    this.api = api;
    this.journal = journal;
    this.folders = folders;
    this.clock = clock;
    this.runId = runId;
    this.onUnknown = onUnknown;
    this.lanes = lanes;
    this.asTheyCome = asTheyCome;
  }

  /** Submits in one lane, and sends again what may not have arrived. */
  public static SubmitImports through(
      NomadicApiFactory api,
      JobJournal journal,
      PCollectionView<Map<String, FolderAnswer>> folders,
      Clock clock,
      String runId) {
    return new SubmitImports(api, journal, folders, clock, runId, OnUnknownSubmit.RESEND, 1, false);
  }

  public SubmitImports onUnknown(OnUnknownSubmit onUnknown) {
    return new SubmitImports(api, journal, folders, clock, runId, onUnknown, lanes, asTheyCome);
  }

  public SubmitImports withLanes(int lanes) {
    if (lanes < 1) {
      throw new IllegalArgumentException("--apiLanes must be at least 1, not " + lanes);
    }
    return new SubmitImports(api, journal, folders, clock, runId, onUnknown, lanes, asTheyCome);
  }

  /**
   * Sends what comes first before the last is there, on a runner that does not work stage by stage.
   * For what follows canaries: whether a denial is the target's or the account's is decided by what
   * the run has sent by then, without what is still to come.
   */
  public SubmitImports asTheyCome() {
    return new SubmitImports(api, journal, folders, clock, runId, onUnknown, lanes, true);
  }

  @Override
  public PCollectionTuple expand(PCollection<TrackedBatch> batches) {
    PCollectionTuple sent =
        batches
            .apply("PackByLane", ParDo.of(new PackFn(lanes)))
            .apply("Panes", asTheyCome ? Panes.ofAtLeast(1) : Panes.allAtOnce())
            .apply("GroupLanes", GroupByKey.create())
            .apply(
                "Post",
                ParDo.of(new PostFn(this))
                    .withSideInputs(folders)
                    .withOutputTags(SUBMITTED, TupleTagList.of(CLOSED).and(ROWS)));
    sent.get(SUBMITTED).setCoder(new TrackedBatchCoder());
    sent.get(CLOSED).setCoder(new TrackedBatchCoder());
    sent.get(ROWS).setCoder(ValueCoder.of(VideoStatus.class));
    return PCollectionTuple.of(
            SUBMITTED, sent.get(SUBMITTED).apply("AllSubmitted", Panes.allAtOnce()))
        .and(CLOSED, sent.get(CLOSED).apply("AllClosed", Panes.allAtOnce()))
        .and(ROWS, sent.get(ROWS).apply("AllRows", Panes.allAtOnce()));
  }

  /** Puts batches in their lanes, packed: all that wait there wait together. */
  private static class PackFn extends DoFn<TrackedBatch, KV<Integer, byte[]>> {
    private static final long serialVersionUID = 1L;

    private final int lanes;

    PackFn(int lanes) {
      this.lanes = lanes;
    }

    @ProcessElement
    public void pack(@Element TrackedBatch batch, OutputReceiver<KV<Integer, byte[]>> out) {
      int lane = Lane.of(batch.getBatch().getBatchId(), lanes);
      out.output(KV.of(lane, BATCHES.pack(batch)));
    }
  }

  private static class PostFn extends DoFn<KV<Integer, Iterable<byte[]>>, TrackedBatch> {
    private static final long serialVersionUID = 1L;

    private final NomadicApiFactory api;
    private final JobJournal journal;
    private final PCollectionView<Map<String, FolderAnswer>> folders;
    private final Clock clock;
    private final String runId;
    private final OnUnknownSubmit onUnknown;
    private final Instant since;
    private transient Map<Integer, BatchSubmitter> submitters;

    PostFn(SubmitImports submit) {
      this.api = submit.api;
      this.journal = submit.journal;
      this.folders = submit.folders;
      this.clock = submit.clock;
      this.runId = submit.runId;
      this.onUnknown = submit.onUnknown;
      this.since = submit.clock.instant();
    }

    @Setup
    public void setup() {
      submitters = new HashMap<>();
    }

    @RequiresStableInput
    @ProcessElement
    public void post(@Element KV<Integer, Iterable<byte[]>> lane, ProcessContext context) {
      Map<String, FolderAnswer> folderOf = context.sideInput(folders);
      BatchSubmitter submitter = submitters.get(lane.getKey());
      boolean isNew = submitter == null;
      if (isNew) {
        NomadicApi client = api.open(lane.getKey());
        submitter = new BatchSubmitter(api, client, journal, clock, runId, onUnknown, false);
        submitters.put(lane.getKey(), submitter);
      }
      // What comes later was not sent before: no bundle of it can have been lost.
      if (isNew || context.pane().isFirst()) {
        submitter.recall(since);
      }
      for (byte[] packed : lane.getValue()) {
        TrackedBatch batch = BATCHES.unpack(packed);
        FolderAnswer folder = folderOf.get(batch.getBatch().getTarget().destination());
        output(submitter.submit(batch, folder), context);
      }
      output(submitter.end(), context);
    }

    private static void output(List<Submission> submissions, ProcessContext context) {
      for (Submission submission : submissions) {
        context.output(submission.isAccepted() ? SUBMITTED : CLOSED, submission.batch());
        submission.rows().forEach(row -> context.output(ROWS, row));
      }
    }
  }
}
