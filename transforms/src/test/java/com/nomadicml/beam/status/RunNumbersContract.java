package com.nomadicml.beam.status;

import static com.nomadicml.beam.status.StatusRows.AT;
import static com.nomadicml.beam.status.StatusRows.job;
import static com.nomadicml.beam.status.StatusRows.run;
import static com.nomadicml.beam.status.StatusRows.video;
import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.api.RequestBudget;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.PartCount;
import com.nomadicml.beam.model.Provider;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.status.LaneStore.Cursor;
import com.nomadicml.beam.status.RunNumbers.Question;
import com.nomadicml.beam.status.RunSnapshot.Batches;
import com.nomadicml.beam.status.RunSnapshot.Lane;
import com.nomadicml.beam.status.RunSnapshot.Shown;
import com.nomadicml.beam.status.RunSnapshot.Sign;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What holds for the numbers of runs in every database. */
interface RunNumbersContract {
  String RUN = "run-1";
  Duration TWO_MINUTES = Duration.ofMinutes(2);

  /** The store under test, its tables created. */
  StatusStore store();

  /** The rows of a view by column, as texts. */
  List<Map<String, Object>> rows(StatusView view);

  private RunNumbers numbers() {
    return store().numbers().orElseThrow();
  }

  private RunSnapshot snapshot() {
    return numbers()
        .of(RUN, new Question(AT.minusSeconds(900), RequestBudget.dayOf(AT), 2))
        .orElseThrow();
  }

  private void begin() {
    store().recordRun(run(RUN, AT, 7));
    store()
        .leases()
        .acquire(
            new LeaseClaim("user/f", RUN, HolderProcess.current(), Lease.Kind.BATCH), TWO_MINUTES);
  }

  @Test
  default void nothingIsKnownOfARunThatIsNotThere() {
    assertThat(numbers().of("none", new Question(AT, RequestBudget.dayOf(AT), 2))).isEmpty();
    assertThat(numbers().current()).isEmpty();
    assertThat(numbers().runs(3)).isEmpty();
  }

  @Test
  default void batchesAreSummedUpByWhatTheyHaveComeTo() {
    begin();
    ImportedTarget target = new ImportedTarget(Provider.S3, "fleet", "user/f");
    JobStatus.Builder ended =
        job("b1", "f").setUploaded(2).setFailed(1).setSubmittedAt(AT.toEpochMilli());
    store().recordJob(ended.setCompletedAt(AT.toEpochMilli()).inState(JobState.COMPLETED, AT));
    store()
        .recordJob(
            ended
                .setBatchId("b2")
                .setCompletedAt(AT.minusSeconds(901).toEpochMilli())
                .inState(JobState.COMPLETED, AT));
    store().recordJob(job("cut", "f").inState(JobState.REFUSED, AT));
    store()
        .lane()
        .record(
            job("refused", "f").inState(JobState.REFUSED, AT),
            VideoState.REFUSED,
            "REQUEST_REFUSED",
            "no",
            RUN,
            AT);
    store().recordJob(job("other", "f").setRunId("run-2").inState(JobState.PLANNED, AT));

    RunSnapshot snapshot = snapshot();

    assertThat(snapshot.batches())
        .containsExactlyInAnyOrder(
            new Batches(target, JobState.COMPLETED, 1, false, 2, 6, 4, 2, 0),
            new Batches(target, JobState.REFUSED, 1, false, 1, 3, 0, 0, 0),
            new Batches(target, JobState.REFUSED, 1, true, 1, 3, 0, 0, 0));
    assertThat(snapshot.finished()).isEqualTo(3);
    assertThat(snapshot.firstSentAt()).isEqualTo(AT);
  }

  @Test
  default void whatIsReadOfAJobIsCountedByItsRows() {
    begin();
    store().recordJob(job("b1", "f").inState(JobState.SUBMITTED, AT));
    store().recordJob(job("b2", "f").inState(JobState.SUBMITTED, AT));
    store()
        .recordVideos(
            List.of(
                video("user/f", "1").setBatchId("b1").inState(VideoState.SUBMITTED, AT),
                video("user/f", "2").setBatchId("b2").inState(VideoState.UPLOADED, AT)));
    store()
        .lane()
        .page(
            "user/f",
            RUN,
            "b1",
            null,
            List.of(video("user/f", "3").setBatchId("b1").inState(VideoState.UPLOADED, AT)),
            new Cursor(AT, 1, "reading"));

    assertThat(snapshot().shown())
        .containsExactly(
            new Shown(
                new ImportedTarget(Provider.GCS, "fleet", "user/f"), VideoState.UPLOADED, 1, 1));
  }

  @Test
  default void theOldestOpenJobsAreListedThoseThatWereSentFirst() {
    begin();
    for (int i = 0; i < 3; i++) {
      store()
          .recordJob(
              job("planned-" + i, "f")
                  .setPlannedAt(AT.minusSeconds(i).toEpochMilli())
                  .inState(JobState.PLANNED, AT));
    }
    store()
        .recordJob(
            job("sent", "f").setSubmittedAt(AT.toEpochMilli()).inState(JobState.SUBMITTED, AT));

    assertThat(snapshot().openJobs())
        .extracting(JobStatus::getBatchId)
        .containsExactly("sent", "planned-2");
  }

  @Test
  default void leasesAndLanesAreSignsOfLife() {
    begin();
    LaneLease lanes = store().lane().lease();
    lanes.take(RUN, "elsewhere|1|1", TWO_MINUTES);

    RunSnapshot snapshot = snapshot();

    assertThat(snapshot.signs())
        .extracting(Sign::process)
        .containsExactlyInAnyOrder("elsewhere|1|1", HolderProcess.current().identity());
    assertThat(snapshot.signs()).allMatch(sign -> sign.expiresAt().isAfter(snapshot.at()));
    assertThat(snapshot.lane()).contains(new Lane(null, null));

    lanes.release(RUN, 1);
    assertThat(snapshot().signs()).hasSize(1);
    lanes.end(RUN, 1, new LaneLease.End("DONE", ""));
    store().leases().release(RUN);
    assertThat(snapshot().signs()).isEmpty();
    assertThat(snapshot().lane()).contains(new Lane("DONE", ""));
  }

  @Test
  default void theRunAtWorkIsTheCurrentOneAndElseTheLatest() {
    begin();
    store().recordRun(run("run-2", AT.plusSeconds(60), 1));

    assertThat(numbers().current().map(RunStatus::getRunId)).contains(RUN);
    store().leases().release(RUN);
    assertThat(numbers().current().map(RunStatus::getRunId)).contains("run-2");
    assertThat(numbers().runs(2)).extracting(RunStatus::getRunId).containsExactly("run-2", RUN);
    assertThat(numbers().runs(1)).hasSize(1);
  }

  @Test
  default void whatPlanningHasCountedAndWhatHasHappenedIsTold() {
    begin();
    store().recordRun(run("run-2", AT, 3));
    LaneStore lane = store().lane();
    lane.counted(
        RUN,
        List.of(
            PartCount.of("lines_read", "a", 2),
            PartCount.of("lines_read", "b", 3),
            PartCount.of("submitted_items", LaneStore.LANE_PART + 1, 4)));
    lane.event(RUN, AT.plusSeconds(1), "API_BACK", "it answers");
    lane.event(RUN, AT, "API_AWAY", "no answer");

    RunSnapshot snapshot = snapshot();

    assertThat(snapshot.counts()).isEqualTo(Map.of("lines_read", 5L));
    assertThat(snapshot.events())
        .extracting(RunSnapshot.Event::kind)
        .containsExactly("API_AWAY", "API_BACK");
    assertThat(snapshot.spent()).isEqualTo(10);
  }

  @Test
  default void reasonsAreToldByTargetTheLargestFirst() {
    begin();
    store()
        .recordVideos(
            List.of(
                video("user/f", "1")
                    .setErrorCode("A")
                    .setErrorMessage("x")
                    .inState(VideoState.MISSING, AT),
                video("user/f", "2")
                    .setErrorCode("B")
                    .setErrorMessage("y")
                    .inState(VideoState.MISSING, AT),
                video("user/f", "3")
                    .setErrorCode("B")
                    .setErrorMessage("y")
                    .inState(VideoState.MISSING, AT),
                video("user/g", "4")
                    .setErrorCode("A")
                    .setErrorMessage("x")
                    .inState(VideoState.MISSING, AT),
                video("user/f", "5")
                    .setProvider(null)
                    .setBucket(null)
                    .setErrorCode("C")
                    .inState(VideoState.REJECTED, AT),
                video("user/f", "6")
                    .setRunId("run-2")
                    .setErrorCode("A")
                    .inState(VideoState.MISSING, AT)));
    ImportedTarget f = new ImportedTarget(Provider.GCS, "fleet", "user/f");
    ImportedTarget g = new ImportedTarget(Provider.GCS, "fleet", "user/g");

    assertThat(numbers().reasons(RUN, 1))
        .first()
        .isEqualTo(new TargetReason(f, VideoState.MISSING, "B", "y", 2));
    assertThat(numbers().reasons(RUN, 1))
        .containsExactlyInAnyOrder(
            new TargetReason(f, VideoState.MISSING, "B", "y", 2),
            new TargetReason(g, VideoState.MISSING, "A", "x", 1),
            new TargetReason(null, VideoState.REJECTED, "C", null, 1));
    assertThat(numbers().reasons(RUN, 2)).hasSize(4);
  }

  @Test
  default void aViewTellsHowFarTheRunsAre() {
    begin();
    LaneStore lane = store().lane();
    assertProgress(RUN, Map.of("total_lines", 0.0, "percent", 0.0));
    store().recordRun(run(RUN, AT, 8).toBuilder().setLinesRead(9).setMaxAttempts(2L).build());
    lane.counted(
        RUN,
        List.of(
            PartCount.of("lines_read", "a", 20),
            PartCount.of("blank_lines", "a", 1),
            PartCount.of("skipped_over_limit", "a", 2),
            PartCount.of("ended_refused", "a", 1),
            PartCount.of("ended_refused", LaneStore.LANE_PART + 1, 7)));
    // Its plan is not whole until its lane is there.
    assertProgress(RUN, Map.of("total_lines", 9.0, "percent", 0.0, "open", 9.0));

    lane.lease().take(RUN, "elsewhere|1|1", TWO_MINUTES);
    JobStatus.Builder ended = job("b1", "f").setUploaded(2).setFailed(1);
    store().recordJob(ended.inState(JobState.COMPLETED, AT));
    store().recordJob(ended.setBatchId("b2").setAttempt(2).inState(JobState.INCOMPLETE, AT));
    store().recordJob(job("b3", "f").inState(JobState.SUBMITTED, AT));
    store().recordJob(job("b4", "f").inState(JobState.STOPPED, AT));
    lane.record(
        job("b5", "f").inState(JobState.REFUSED, AT),
        VideoState.REFUSED,
        "REQUEST_REFUSED",
        "no",
        RUN,
        AT);
    store().recordJob(job("cut", "f").inState(JobState.REFUSED, AT));
    assertProgress(
        RUN,
        Map.of(
            "total_lines",
            20.0,
            "percent",
            75.0,
            "blank",
            1.0,
            "skipped",
            2.0,
            "uploaded",
            4.0,
            "failed",
            1.0,
            "refused",
            4.0,
            "stopped",
            3.0,
            "open",
            5.0,
            "requests",
            8.0));

    RunStatus.Builder whole =
        run("run-2", AT, 1).toBuilder()
            .setState(RunState.COMPLETED_WITH_FAILURES)
            .setLinesRead(3_000)
            .setUploaded(2_999);
    store().recordRun(whole.setOpen(1).build());
    assertProgress("run-2", Map.of("total_lines", 3000.0, "percent", 99.9, "open", 1.0));
  }

  private void assertProgress(String runId, Map<String, Double> expected) {
    Map<String, Object> row =
        rows(StatusView.PROGRESS).stream()
            .filter(run -> run.get("run_id").equals(runId))
            .findFirst()
            .orElseThrow();
    expected.forEach(
        (column, value) ->
            assertThat(Double.valueOf(row.get(column).toString())).as(column).isEqualTo(value));
  }

  @Test
  default void aViewTellsWhyItemsFailed() {
    begin();
    store()
        .recordVideos(
            List.of(
                video("user/f", "2").setErrorCode("A").inState(VideoState.MISSING, AT),
                video("user/f", "1").setErrorCode("A").inState(VideoState.MISSING, AT),
                video("user/f", "3").inState(VideoState.UPLOADED, AT)));

    assertThat(rows(StatusView.FAILURES))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.get("items")).hasToString("2");
              assertThat(row.get("example")).isEqualTo("1");
              assertThat(row.get("error_code")).isEqualTo("A");
            });
  }

  @Test
  default void allReasonsAreCountedAndTheLargestAreTold() {
    begin();
    store()
        .recordVideos(
            List.of(
                video("user/f", "1").setErrorCode("A").inState(VideoState.MISSING, AT),
                video("user/g", "3").setErrorCode("B").inState(VideoState.REFUSED, AT),
                video("user/f", "2").setErrorCode("B").inState(VideoState.REFUSED, AT)));

    RunFailures failures = numbers().failures(RUN, 1);

    assertThat(failures.reasons()).isEqualTo(2);
    assertThat(failures.largest())
        .containsExactly(new RunFailures.Reason("fleet", VideoState.REFUSED, "B", null, 2, "2"));
    assertThat(numbers().failures("none", 1).largest()).isEmpty();
  }

  @Test
  default void aRunThatWasKeptOutLeavesNothing() {
    store().recordRun(run("run-2", AT, 1));
    store().recordRun(run(RUN, AT, 1));
    store().lane().event(RUN, AT, "TOOK_OVER", "run-0");
    store().lane().requests(RUN, "here", AT, 1, 0, 0);

    store().forget(run(RUN, AT, 1));

    assertThat(store().run(RUN)).isEmpty();
    assertThat(store().lane().events(RUN, "TOOK_OVER")).isEmpty();
    assertThat(store().lane().requestsOfOthers(RUN, "")).isEmpty();
    assertThat(store().run("run-2")).isPresent();
  }
}
