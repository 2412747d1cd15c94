package com.nomadicml.beam.pipeline;

import static com.nomadicml.beam.pipeline.Snapshots.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.imports.ImportMetrics;
import com.nomadicml.beam.manifest.ManifestMetrics;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.pipeline.RunProgress.Stage;
import com.nomadicml.beam.status.HolderProcess;
import com.nomadicml.beam.status.Lease;
import com.nomadicml.beam.status.RunSnapshot.Lane;
import com.nomadicml.beam.status.RunSnapshot.Sign;
import com.nomadicml.beam.status.RunState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How far a run is, by what the tables tell. */
class RunProgressTest {
  private final Snapshots tables = new Snapshots();

  @Test
  void whatFailedWithAnAttemptLeftIsOpen() {
    planned(1_000);
    tables.batches(JobState.COMPLETED, 1, true, 1, 1_000, 900, 90, 10);
    assertLines(900, 0, 0, 100);
    assertThat(tables.progress().percent()).isEqualTo(90);

    tables.batches(JobState.COMPLETED, 2, true, 1, 100, 60, 40, 0);
    assertLines(960, 40, 0, 0);
    assertThat(tables.progress().percent()).isEqualTo(100);
  }

  @Test
  void aBatchThatWasCutInTwoCountsByItsHalves() {
    planned(1_000);
    tables.batches(JobState.REFUSED, 1, false, 1, 1_000, 0, 0, 0);
    tables.batches(JobState.COMPLETED, 1, true, 1, 500, 500, 0, 0);
    tables.batches(JobState.REFUSED, 1, true, 1, 500, 0, 0, 0);

    assertThat(tables.progress().lines().get("refused")).isEqualTo(500);
    assertLines(500, 0, 0, 0);
    assertThat(tables.progress().targets().get(0).items().requested()).isEqualTo(1_000);
  }

  @Test
  void aJobThatIsReadCountsByItsRows() {
    planned(1_000);
    tables.batches(JobState.SUBMITTED, 1, false, 1, 1_000, 0, 0, 0);
    tables.shown(VideoState.UPLOADED, 1, 400);
    tables.shown(VideoState.UPLOADING_FAILED, 1, 5);

    assertLines(400, 0, 0, 600);
    assertThat(tables.progress().targets().get(0).items().open()).isEqualTo(600);
  }

  @Test
  void aDoubtIsOpenUntilItIsHeld() {
    planned(20);
    tables.batches(JobState.SUBMIT_UNKNOWN, 1, false, 1, 10, 0, 0, 0);
    tables.batches(JobState.SUBMIT_UNKNOWN, 1, true, 1, 10, 0, 0, 0);

    assertThat(tables.progress().lines().get("unknown")).isEqualTo(10);
    assertLines(0, 0, 0, 10);
  }

  @Test
  void aHundredPercentIsAllOfIt() {
    planned(100_000);
    tables.batches(JobState.COMPLETED, 1, true, 1, 99_999, 99_999, 0, 0);

    assertThat(tables.progress().percent()).isEqualTo(99.9);
  }

  @Test
  void theRunsOwnSumCountsWhenItHasEnded() {
    planned(10);
    tables.ended(RunState.COMPLETED_WITH_FAILURES);
    tables.run =
        tables.run.toBuilder().setLinesRead(10).setUploaded(8).setFailed(3).setBlank(1).build();

    RunLines lines = tables.progress().lines();

    assertThat(lines.total()).isEqualTo(12);
    assertThat(lines.carriedOver()).isEqualTo(2);
    assertThat(lines.get("failed")).isEqualTo(3);
  }

  @Test
  void whileItPlansItSaysHowFarItHasRead() {
    tables.lane = Optional.empty();
    tables.run = tables.run.toBuilder().setLinesRead(5_000).build();

    RunProgress progress = tables.progress();

    assertThat(progress.stage()).isEqualTo(Stage.PLANNING);
    assertThat(progress.lines().read()).isEqualTo(5_000);
    assertThat(progress.lines().total()).isEqualTo(5_000);
    assertThat(progress.percent()).isZero();
    assertThat(progress.endsAt()).isNull();
  }

  @Test
  void withoutAPaceThereIsNoEnd() {
    planned(10_000);
    tables.batches(JobState.PLANNED, 1, false, 10, 10_000, 0, 0, 0);

    assertThat(tables.progress().pacePerHour()).isNull();
    assertThat(tables.progress().endsAt()).isNull();
  }

  @Test
  void thePaceIsThatOfTheLastQuarterOfAnHour() {
    planned(10_000);
    tables.batches(JobState.PLANNED, 1, false, 4, 4_000, 0, 0, 0);
    tables.batches(JobState.COMPLETED, 1, true, 6, 6_000, 6_000, 0, 0);
    tables.finished = 1_000;
    assertThat(tables.progress().pacePerHour()).isEqualTo(4_000);
    assertThat(tables.progress().endsAt()).isEqualTo(NOW.plus(Duration.ofHours(1)));

    // Of a run that has sent for five minutes.
    tables.firstSentAt = NOW.minusSeconds(300);
    assertThat(tables.progress().pacePerHour()).isEqualTo(12_000);
  }

  @Test
  void theEndFollowsTheQuotaOverItsDays() {
    planned(30_000_000);
    tables.batches(JobState.PLANNED, 1, false, 25_000, 25_000_000, 0, 0, 0);
    tables.batches(JobState.COMPLETED, 1, true, 5_000, 5_000_000, 5_000_000, 0, 0);
    tables.finished = 5_000_000;
    tables.spent = 10_000;
    // 25,000 sends and 50,000 pages, from tomorrow on.
    Instant end = tables.progress().endsAt();

    assertThat(end)
        .isBetween(Instant.parse("2026-12-03T00:00:00Z"), Instant.parse("2026-12-03T02:00:00Z"));
    assertThat(tables.progress().waiting().orElseThrow().until())
        .isEqualTo(Instant.parse("2026-11-26T00:00:05Z"));
    assertThat(tables.progress().leftToday()).hasValue(0);
  }

  @Test
  void aSilentRunIsKilledAndOneThatGivesASignIsNot() {
    tables.silent();
    assertThat(tables.progress().stage()).isEqualTo(Stage.KILLED);
    assertThat(tables.progress().state()).isEqualTo(RunState.FAILED);
    assertThat(tables.progress().finishedAt()).hasValue(NOW.minusSeconds(600));

    tables.signs.add(new Sign("host-2, process 7", "", NOW.plusSeconds(60), Lease.Kind.BATCH));
    assertThat(tables.progress().life().isAlive()).isTrue();
    assertThat(tables.progress().life().holder()).isEqualTo("host-2, process 7");
    assertThat(tables.progress().life().lastSeenAt()).isEqualTo(NOW.minusSeconds(60));
  }

  /** Whatever its lease says, which expires later. */
  @Test
  void aProcessThatDiedOnThisMachineIsNotWaitedFor() {
    String dead = HolderProcess.current().machine() + "|999999999|1";
    tables.run = tables.run.toBuilder().setProcess(dead).build();
    tables.signs.add(new Sign("here", dead, NOW.plusSeconds(60), Lease.Kind.BATCH));

    assertThat(tables.progress().stage()).isEqualTo(Stage.KILLED);
  }

  /** Its workers may take minutes to start. */
  @Test
  void aJobThatWasLaunchedAndHasGivenNoSignIsNotKilled() {
    tables.silent();
    tables.run = tables.run.toBuilder().setProcess("").build();
    tables.lane = Optional.empty();

    RunProgress progress = tables.progress();

    assertThat(progress.life().isAlive()).isFalse();
    assertThat(progress.stage()).isEqualTo(Stage.PLANNING);
    assertThat(progress.state()).isEqualTo(RunState.RUNNING);
  }

  @Test
  void theExitCodeIsThatOfTheRun() {
    assertThat(tables.progress().exitCode()).isEqualTo(ExitCode.OK);
    tables.ended(RunState.PAUSED);
    assertThat(tables.progress().exitCode()).isEqualTo(ExitCode.PAUSED);
    tables.ended(RunState.STOPPED);
    assertThat(tables.progress().exitCode()).isEqualTo(ExitCode.STOPPED);
    tables.lane = Optional.of(new Lane("REFUSED", "the key is revoked"));
    assertThat(tables.progress().exitCode()).isEqualTo(ExitCode.BAD_INPUT);
  }

  private void planned(long lines) {
    tables.counts.put(ManifestMetrics.LINES_READ, lines);
    tables.counts.put(ImportMetrics.PLANNED, lines);
  }

  private void assertLines(long uploaded, long failed, long missing, long open) {
    RunLines lines = tables.progress().lines();
    assertThat(lines.get("uploaded")).isEqualTo(uploaded);
    assertThat(lines.get("failed")).isEqualTo(failed);
    assertThat(lines.get("missing")).isEqualTo(missing);
    assertThat(lines.get("open")).isEqualTo(open);
  }
}
