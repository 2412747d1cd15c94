package com.nomadicml.beam.imports;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Iterables;
import com.google.common.collect.Streams;
import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.JobPage;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.SeenVideo;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoState;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.join.CoGbkResult;
import org.apache.beam.sdk.transforms.join.CoGroupByKey;
import org.apache.beam.sdk.transforms.join.KeyedPCollectionTuple;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * Watches canaries until one of their items is uploaded, or all have failed. Takes what became of
 * the batches that were sent first ({@link SubmitImports}) and the batches that wait ({@link
 * #WAITING}); yields a view of the ids of the targets to be stopped, each with the reason.
 */
public final class JudgeCanaries
    extends PTransform<PCollectionTuple, PCollectionView<Map<String, String>>> {
  public static final TupleTag<ImportBatch> WAITING = new TupleTag<>() {};

  /** In place of a reason: the canary could not be sent or watched in this run. */
  static final String UNDECIDED = "?";

  private static final String SUCCESS = "";

  private final AwaitImports probe;

  private JudgeCanaries(AwaitImports probe) {
    this.probe = probe;
  }

  /**
   * @param probe how canaries are watched; those undecided at its timeout do not stop their target
   */
  public static JudgeCanaries by(AwaitImports probe) {
    return new JudgeCanaries(probe.untilFirstSuccess());
  }

  @Override
  public PCollectionView<Map<String, String>> expand(PCollectionTuple input) {
    PCollectionView<Map<String, Long>> waiting =
        input
            .get(WAITING)
            .apply(
                "WaitingTargets",
                MapElements.into(TypeDescriptors.strings()).via(batch -> batch.getTarget().id()))
            .apply("CountWaiting", Count.perElement())
            .apply("Waiting", View.asMap());
    PCollection<TrackedBatch> submitted =
        canaries("SubmittedCanaries", input.get(SubmitImports.SUBMITTED), waiting);
    PCollection<JobPage> pages =
        submitted.apply("Jobs", MapElements.via(new ToImportJob())).apply("Probe", probe);
    PCollection<KV<String, String>> closed =
        canaries("ClosedCanaries", input.get(SubmitImports.CLOSED), waiting)
            .apply("Closed", ParDo.of(new ClosedFn()));

    TupleTag<TrackedBatch> batchTag = new TupleTag<>() {};
    TupleTag<JobPage> pageTag = new TupleTag<>() {};
    PCollection<KV<String, String>> probed =
        KeyedPCollectionTuple.of(
                batchTag,
                submitted.apply(
                    "KeyCanaries",
                    WithKeys.of((TrackedBatch batch) -> batch.getBatch().getBatchId())
                        .withKeyType(TypeDescriptors.strings())))
            .and(
                pageTag,
                pages.apply(
                    "KeyPages",
                    WithKeys.of(JobPage::getBatchId).withKeyType(TypeDescriptors.strings())))
            .apply("MeetPages", CoGroupByKey.create())
            .apply("Probed", ParDo.of(new ProbedFn(batchTag, pageTag)));
    return PCollectionList.of(closed)
        .and(probed)
        .apply("Outcomes", Flatten.pCollections())
        .apply("OutcomesOfATarget", GroupByKey.create())
        .apply("Failed", ParDo.of(new FailedFn()))
        .apply("FailedTargets", View.asMap());
  }

  /** Small batches of a target that waits; with them go small ones that an earlier run left. */
  private static PCollection<TrackedBatch> canaries(
      String name, PCollection<TrackedBatch> batches, PCollectionView<Map<String, Long>> waiting) {
    return batches
        .apply(
            name, Filter.by(batch -> batch.getBatch().getItems().size() <= ElectCanaries.MAX_ITEMS))
        .apply(name + "Waiting", ParDo.of(new WaitingFn(waiting)).withSideInputs(waiting));
  }

  private static class WaitingFn extends DoFn<TrackedBatch, TrackedBatch> {
    private static final long serialVersionUID = 1L;

    private final PCollectionView<Map<String, Long>> waiting;

    WaitingFn(PCollectionView<Map<String, Long>> waiting) {
      this.waiting = waiting;
    }

    @ProcessElement
    public void filter(@Element TrackedBatch batch, ProcessContext context) {
      if (context.sideInput(waiting).containsKey(batch.getBatch().getTarget().id())) {
        context.output(batch);
      }
    }
  }

  /** A refusal is a failure; a request in doubt is no reason to stop. */
  private static class ClosedFn extends DoFn<TrackedBatch, KV<String, String>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void judge(@Element TrackedBatch batch, OutputReceiver<KV<String, String>> out) {
      String outcome =
          switch (batch.getJob().getState()) {
            case REFUSED -> String.valueOf(batch.getJob().getErrorMessage());
            case PLANNED -> UNDECIDED;
            default -> SUCCESS;
          };
      out.output(KV.of(batch.getBatch().getTarget().id(), outcome));
    }
  }

  private static class ProbedFn extends DoFn<KV<String, CoGbkResult>, KV<String, String>> {
    private static final long serialVersionUID = 1L;

    private final TupleTag<TrackedBatch> batchTag;
    private final TupleTag<JobPage> pageTag;

    ProbedFn(TupleTag<TrackedBatch> batchTag, TupleTag<JobPage> pageTag) {
      this.batchTag = batchTag;
      this.pageTag = pageTag;
    }

    @ProcessElement
    public void judge(
        @Element KV<String, CoGbkResult> canary, OutputReceiver<KV<String, String>> out) {
      List<JobPage> pages = Streams.stream(canary.getValue().getAll(pageTag)).toList();
      List<SeenVideo> videos = pages.stream().flatMap(page -> page.getVideos().stream()).toList();
      TrackedBatch batch = Iterables.getOnlyElement(canary.getValue().getAll(batchTag));
      out.output(KV.of(batch.getBatch().getTarget().id(), outcome(pages, videos)));
    }

    private static String outcome(List<JobPage> pages, List<SeenVideo> videos) {
      if (pages.stream().anyMatch(page -> page.getEnd() == JobState.SUBMITTED)) {
        return UNDECIDED;
      }
      boolean finished = pages.stream().anyMatch(page -> page.getEnd() == JobState.COMPLETED);
      if (!finished || videos.stream().anyMatch(video -> video.getState() == VideoState.UPLOADED)) {
        return SUCCESS;
      }
      return videos.stream()
          .map(SeenVideo::getError)
          .filter(Objects::nonNull)
          .findFirst()
          .orElse("no reason given");
    }
  }

  private static class FailedFn extends DoFn<KV<String, Iterable<String>>, KV<String, String>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void judge(
        @Element KV<String, Iterable<String>> target, OutputReceiver<KV<String, String>> out) {
      // Not every runner lets it be read twice.
      List<String> outcomes = ImmutableList.copyOf(target.getValue());
      if (!outcomes.contains(SUCCESS)) {
        String reason = outcomes.contains(UNDECIDED) ? UNDECIDED : outcomes.get(0);
        out.output(KV.of(target.getKey(), reason));
      }
    }
  }
}
