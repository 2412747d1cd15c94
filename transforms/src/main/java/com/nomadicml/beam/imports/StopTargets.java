package com.nomadicml.beam.imports;

import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ImportItem;
import com.nomadicml.beam.model.ValueCoder;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.model.VisibleText;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds back the batches of targets whose canary failed. Takes batches; yields those to be sent
 * ({@link #CLEARED}), and the {@code PENDING} rows of the others ({@link #ROWS}), which belong to
 * no batch: a later run plans them anew.
 */
public final class StopTargets extends PTransform<PCollection<ImportBatch>, PCollectionTuple> {
  public static final TupleTag<ImportBatch> CLEARED = new TupleTag<>() {};
  public static final TupleTag<VideoStatus> ROWS = new TupleTag<>() {};

  private static final Logger LOG = LoggerFactory.getLogger(StopTargets.class);

  private final PCollectionView<Map<String, String>> failed;
  private final Clock clock;
  private final String runId;

  private StopTargets(PCollectionView<Map<String, String>> failed, Clock clock, String runId) {
    this.failed = failed;
    this.clock = clock;
    this.runId = runId;
  }

  /**
   * @param failed ids of the targets whose canary failed, each with the reason
   */
  public static StopTargets in(
      PCollectionView<Map<String, String>> failed, Clock clock, String runId) {
    return new StopTargets(failed, clock, runId);
  }

  @Override
  public PCollectionTuple expand(PCollection<ImportBatch> batches) {
    PCollectionTuple judged =
        batches.apply(
            "Stop",
            ParDo.of(new StopFn(failed, clock, runId))
                .withSideInputs(failed)
                .withOutputTags(CLEARED, TupleTagList.of(ROWS)));
    judged.get(CLEARED).setCoder(batches.getCoder());
    judged.get(ROWS).setCoder(ValueCoder.of(VideoStatus.class));
    return judged;
  }

  private static class StopFn extends DoFn<ImportBatch, ImportBatch> {
    private static final long serialVersionUID = 1L;

    private final PCollectionView<Map<String, String>> failed;
    private final Clock clock;
    private final String runId;

    StopFn(PCollectionView<Map<String, String>> failed, Clock clock, String runId) {
      this.failed = failed;
      this.clock = clock;
      this.runId = runId;
    }

    @ProcessElement
    public void stop(@Element ImportBatch batch, ProcessContext context) {
      String reason = context.sideInput(failed).get(batch.getTarget().id());
      if (reason == null) {
        context.output(CLEARED, batch);
        return;
      }
      boolean undecided = reason.equals(JudgeCanaries.UNDECIDED);
      int items = batch.getItems().size();
      if (undecided) {
        // When it is the quota that they wait for, their canary says so.
        ImportMetrics.countEnded(VideoState.PENDING, items);
      } else {
        ImportMetrics.counter(ImportMetrics.STOPPED).inc(items);
        LOG.warn(
            "{} items of {} are not sent: {}",
            items,
            VisibleText.of(batch.getTarget().describe()),
            VisibleText.of(reason));
      }
      ErrorCode code = undecided ? ErrorCode.NOT_SENT : ErrorCode.CANARY_FAILED;
      String message =
          undecided
              ? "the first items of " + batch.getTarget().describe() + " have to be sent before"
              : "all first items of "
                  + batch.getTarget().describe()
                  + " failed ("
                  + reason
                  + "): correct this and run again, or use --canary=false";
      Instant now = clock.instant();
      for (ImportItem item : batch.getItems()) {
        context.output(
            ROWS,
            VideoStatus.of(batch, item, runId)
                .setBatchId(null)
                .setErrorCode(code.name())
                .setErrorMessage(message)
                .inState(VideoState.PENDING, now));
      }
    }
  }
}
