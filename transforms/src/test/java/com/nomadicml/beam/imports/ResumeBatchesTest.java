package com.nomadicml.beam.imports;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ImportItem;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.LedgerRow;
import com.nomadicml.beam.model.PartCount;
import com.nomadicml.beam.model.Provider;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.junit.jupiter.api.Test;

class ResumeBatchesTest {
  private static final Instant AT = Instant.parse("2026-11-24T10:00:00Z");
  private static final ImportTarget TARGET =
      ImportTarget.of(Provider.S3, "b", null, "f", "org", false);
  private static final ImportBatch BATCH =
      ImportBatch.of(
          TARGET,
          List.of(
              ImportItem.of("s3://b/a.mp4", Map.of(), "m", 1),
              ImportItem.of("s3://b/b.mp4", Map.of(), "m", 2)),
          1);
  private static final TrackedBatch PLANNED =
      TrackedBatch.of(BATCH, JobStatus.planned(BATCH, "run", AT));

  private final TestPipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);

  @Test
  void aPlannedBatchIsSentAgainWithItsKey() {
    PCollectionTuple resumed = resume(rows(VideoState.PENDING), List.of(PLANNED.getJob()));
    PAssert.that(resumed.get(ResumeBatches.UNSENT)).containsInAnyOrder(PLANNED);
    PAssert.that(resumed.get(ResumeBatches.SUBMITTED)).empty();
    PAssert.that(resumed.get(ResumeBatches.LEDGER)).satisfies(rows -> allInFlight(rows, true));
    pipeline.run();
  }

  @Test
  void aSubmittedBatchIsAwaitedByItsJob() {
    JobStatus job = submitted(JobState.SUBMITTED);
    PCollectionTuple resumed = resume(rows(VideoState.PENDING), List.of(job));
    PAssert.that(resumed.get(ResumeBatches.SUBMITTED))
        .containsInAnyOrder(TrackedBatch.of(BATCH, job));
    PAssert.that(resumed.get(ResumeBatches.UNSENT)).empty();
    pipeline.run();
  }

  @Test
  void anIncompleteJobWithOpenRowsIsAwaitedAgain() {
    JobStatus job = submitted(JobState.INCOMPLETE);
    PCollectionTuple resumed = resume(rows(VideoState.SUBMITTED), List.of(job));
    PAssert.that(resumed.get(ResumeBatches.SUBMITTED))
        .containsInAnyOrder(TrackedBatch.of(BATCH, job));
    pipeline.run();
  }

  @Test
  void pendingRowsWithoutAJobAreNotInFlight() {
    PCollectionTuple resumed = resume(rows(VideoState.PENDING), List.of());
    PAssert.that(resumed.get(ResumeBatches.UNSENT)).empty();
    PAssert.that(resumed.get(ResumeBatches.LEDGER)).satisfies(rows -> allInFlight(rows, false));
    pipeline.run();
  }

  @Test
  void aFinishedBatchIsLeftAlone() {
    PCollectionTuple resumed =
        resume(rows(VideoState.UPLOADED), List.of(submitted(JobState.COMPLETED)));
    PAssert.that(resumed.get(ResumeBatches.SUBMITTED)).empty();
    PAssert.that(resumed.get(ResumeBatches.LEDGER)).satisfies(rows -> allInFlight(rows, false));
    pipeline.run();
  }

  @Test
  void aBatchInDoubtIsHeldWhenTheUserWantsSo() {
    JobStatus job = PLANNED.getJob().toBuilder().inState(JobState.SUBMIT_UNKNOWN, AT);
    PCollectionTuple resumed =
        input(rows(VideoState.SUBMIT_UNKNOWN), List.of(job))
            .apply(ResumeBatches.onUnknown(OnUnknownSubmit.HOLD));
    PAssert.that(resumed.get(ResumeBatches.UNSENT)).empty();
    PAssert.that(resumed.get(ResumeBatches.LEDGER)).satisfies(rows -> allInFlight(rows, true));
    pipeline.run();
  }

  @Test
  void rowsOfAHeldBatchSayThatItIsHeldSinceItWasInDoubt() {
    JobStatus job =
        PLANNED.getJob().toBuilder()
            .setErrorMessage("no answer")
            .inState(JobState.SUBMIT_UNKNOWN, AT.plusSeconds(5));
    PCollectionTuple resumed =
        input(rows(VideoState.PENDING), List.of(job))
            .apply(ResumeBatches.onUnknown(OnUnknownSubmit.HOLD));
    PAssert.that(resumed.get(ResumeBatches.HELD))
        .containsInAnyOrder(
            PLANNED.rows(
                VideoState.SUBMIT_UNKNOWN,
                "SUBMIT_UNKNOWN",
                "no answer",
                "run",
                AT.plusSeconds(5)));
    pipeline.run();
  }

  @Test
  void whatThisRunHasPlannedIsNotWhatWasDoneBefore() {
    PCollectionTuple resumed =
        input(rows(VideoState.UPLOADED), List.of(submitted(JobState.COMPLETED)))
            .apply(ResumeBatches.onUnknown(OnUnknownSubmit.RESEND).ofRun("run"));
    PAssert.that(resumed.get(ResumeBatches.LEDGER))
        .satisfies(
            rows -> {
              assertThat(rows).hasSize(2).allMatch(LedgerRow::getPlanned);
              return null;
            });
    PAssert.that(resumed.get(ResumeBatches.COUNTS)).empty();
    pipeline.run();
  }

  /** Whatever the clock was by which the other run has planned it. */
  @Test
  void whatThisRunHasTakenOverStaysResumedOnceItHasEnded() {
    JobStatus takenOver =
        submitted(JobState.COMPLETED).toBuilder()
            .setPlannedBy("earlier")
            .setPlannedAt(AT.plusSeconds(60).toEpochMilli())
            .build();
    PCollectionTuple resumed =
        input(rows(VideoState.UPLOADED), List.of(takenOver))
            .apply(ResumeBatches.onUnknown(OnUnknownSubmit.RESEND).ofRun("run"));
    PAssert.that(resumed.get(ResumeBatches.LEDGER)).satisfies(rows -> allInFlight(rows, true));
    PAssert.that(resumed.get(ResumeBatches.COUNTS))
        .containsInAnyOrder(PartCount.of(ImportMetrics.RESUMED, "", 2));
    pipeline.run();
  }

  @Test
  void whatThisRunHasTakenBackIsNotPlannedAgain() {
    List<VideoStatus> rows =
        rows(VideoState.PENDING).stream()
            .map(row -> row.toBuilder().setBatchId(null).build())
            .toList();
    PCollectionTuple resumed =
        input(rows, List.of()).apply(ResumeBatches.onUnknown(OnUnknownSubmit.RESEND).ofRun("run"));
    PAssert.that(resumed.get(ResumeBatches.LEDGER)).satisfies(all -> allInFlight(all, true));
    pipeline.run();
  }

  /** However many rows are of no batch, they don't meet: each is known by itself. */
  @Test
  void whatIsLookedUpOrOfNoBatchIsKnownAsItIs() {
    List<VideoStatus> refused =
        rows(VideoState.REFUSED).stream()
            .map(row -> row.toBuilder().setBatchId(null).build())
            .toList();
    PCollectionTuple resumed =
        input(refused, List.of(), rows(VideoState.UPLOADED))
            .apply(ResumeBatches.onUnknown(OnUnknownSubmit.RESEND));
    PAssert.that(resumed.get(ResumeBatches.LEDGER))
        .containsInAnyOrder(
            Stream.concat(refused.stream(), rows(VideoState.UPLOADED).stream())
                .map(row -> LedgerRow.of(row, false))
                .toList());
    PAssert.that(resumed.get(ResumeBatches.UNSENT)).empty();
    PAssert.that(resumed.get(ResumeBatches.SUBMITTED)).empty();
    PAssert.that(resumed.get(ResumeBatches.COUNTS)).empty();
    pipeline.run();
  }

  private PCollectionTuple resume(List<VideoStatus> rows, List<JobStatus> jobs) {
    return input(rows, jobs).apply(ResumeBatches.onUnknown(OnUnknownSubmit.RESEND));
  }

  private PCollectionTuple input(List<VideoStatus> rows, List<JobStatus> jobs) {
    return input(rows, jobs, List.of());
  }

  private PCollectionTuple input(
      List<VideoStatus> rows, List<JobStatus> jobs, List<VideoStatus> lookedUp) {
    return PCollectionTuple.of(
            ResumeBatches.ROWS,
            pipeline.apply("Rows", Create.of(rows).withType(TypeDescriptor.of(VideoStatus.class))))
        .and(
            ResumeBatches.JOBS,
            pipeline.apply("Jobs", Create.of(jobs).withType(TypeDescriptor.of(JobStatus.class))))
        .and(
            ResumeBatches.LOOKED_UP,
            pipeline.apply(
                "LookedUp", Create.of(lookedUp).withType(TypeDescriptor.of(VideoStatus.class))));
  }

  private static List<VideoStatus> rows(VideoState state) {
    return PLANNED.rows(state, null, null, "run", AT);
  }

  private static JobStatus submitted(JobState state) {
    return PLANNED.getJob().toBuilder()
        .setImportJobId("ij_1")
        .setSubmittedAt(AT.toEpochMilli())
        .inState(state, AT);
  }

  private static Void allInFlight(Iterable<LedgerRow> rows, boolean inFlight) {
    assertThat(rows).hasSize(2).allMatch(row -> row.getInFlight() == inFlight);
    return null;
  }
}
