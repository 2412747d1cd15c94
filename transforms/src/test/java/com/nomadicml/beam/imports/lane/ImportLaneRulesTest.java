package com.nomadicml.beam.imports.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.ApiException.Kind;
import com.nomadicml.beam.imports.ImportRefusedException;
import com.nomadicml.beam.imports.OnUnknownSubmit;
import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.Provider;
import com.nomadicml.beam.model.TrackedBatch;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.model.VideoStatus;
import com.nomadicml.beam.status.LeaseHeldException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules that a lane keeps when it is cut off, or is not alone. */
class ImportLaneRulesTest {
  private static final ApiException RESET = new ApiException(Kind.OUTCOME_UNKNOWN, 0, "reset");
  private static final ApiException BUSY = new ApiException(Kind.RETRYABLE, 503, "busy");
  private static final ApiException DENIED = new ApiException(Kind.PERMANENT, 403, "Forbidden");
  private static final ApiException BAD = new ApiException(Kind.PERMANENT, 400, "no such key");

  @TempDir private Path directory;
  private LaneFixture fixture;

  @BeforeEach
  void start() {
    fixture = new LaneFixture(directory.resolve("status.db"), new Random(1));
  }

  private static LaneRules rules(boolean canary, OnUnknownSubmit onUnknown, int maxAttempts) {
    return new LaneRules(
        "",
        4,
        10,
        500,
        canary,
        0,
        maxAttempts,
        onUnknown,
        Duration.ofHours(1),
        Duration.ofHours(2));
  }

  private static LaneRules usual() {
    return rules(false, OnUnknownSubmit.RESEND, 1);
  }

  private static LaneRules held() {
    return rules(false, OnUnknownSubmit.HOLD, 1);
  }

  // Two at once.

  @Test
  void aLaneThatHasLostItsLeaseWritesNoPage() {
    fixture.plan("b", 0, 10);
    ImportLane zombie = fixture.begin(usual());
    fixture.takeOne();
    fixture.takeOne();
    fixture.clock.sleep(Duration.ofMinutes(1));
    zombie.step(fixture.clock.instant());
    fixture.begin(usual());
    fixture.wire.remove(0).run();

    assertThatThrownBy(() -> zombie.step(fixture.clock.instant()))
        .isInstanceOf(LeaseHeldException.class);
    assertThat(fixture.states()).containsExactly("SUBMITTED|10");
  }

  @Test
  void whatWasOnTheWireIsRecordedByWhoeverHasSentIt() {
    fixture.api.honoursKeys = false;
    fixture.plan("b", 0, 10);
    ImportLane zombie = fixture.begin(usual());
    zombie.step(fixture.clock.instant());
    fixture.offTheWireAt = intent -> intent.at().plus(Duration.ofMinutes(15));
    fixture.begin(usual());
    fixture.wire.remove(0).run();
    zombie.step(fixture.clock.instant());

    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.states()).containsExactly("UPLOADED|10");
    assertThat(fixture.api.timesAccepted.values()).containsOnly(1);
  }

  @Test
  void anInheritedIntentWaitsUntilItIsOffTheWire() {
    fixture.plan("b", 0, 10);
    fixture.begin(usual()).step(fixture.clock.instant());
    fixture.wire.clear();
    fixture.offTheWireAt = intent -> intent.at().plus(Duration.ofMinutes(15));
    ImportLane heir = fixture.begin(usual());
    while (fixture.clock.instant().isBefore(LaneFixture.START.plus(Duration.ofMinutes(14)))) {
      fixture.takeOne();
    }
    assertThat(fixture.api.sendsByKey).isEmpty();

    fixture.lane = heir;
    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.states()).containsExactly("UPLOADED|10");
    assertThat(fixture.clock.instant()).isAfter(LaneFixture.START.plus(Duration.ofMinutes(15)));
  }

  @Test
  void twoLanesOfOneRunSendABatchOnce() {
    fixture.api.honoursKeys = false;
    fixture.plan("b", 0, 10);
    ImportLane first = fixture.begin(usual());
    ImportLane second = fixture.beginAgain();
    first.step(fixture.clock.instant());
    second.step(fixture.clock.instant());
    assertThat(fixture.query("SELECT sends FROM import_intents")).containsExactly("1");

    fixture.wire.remove(0).run();
    first.step(fixture.clock.instant());
    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.states()).containsExactly("UPLOADED|10");
    assertThat(fixture.api.timesAccepted.values()).containsOnly(1);
  }

  @Test
  void uploadedOutranksMissingInWhateverOrder() {
    ImportBatch batch = fixture.plan("b", 0, 2);
    JobStatus job = JobStatus.planned(batch, "run-1", LaneFixture.START);
    List<VideoStatus> uploaded = rows(batch, job, VideoState.UPLOADED, 1);
    List<VideoStatus> missing = rows(batch, job, VideoState.MISSING, 2);

    fixture.store.recordVideos(List.of(uploaded.get(0), missing.get(1)));
    fixture.store.recordVideos(List.of(missing.get(0), uploaded.get(1)));

    assertThat(fixture.states()).containsExactly("UPLOADED|2");
  }

  private static List<VideoStatus> rows(
      ImportBatch batch, JobStatus job, VideoState state, int minute) {
    Instant at = LaneFixture.START.plus(Duration.ofMinutes(minute));
    return TrackedBatch.of(batch, job).rows(state, null, null, "run-1", at);
  }

  @Test
  void whatIsPlannedMeanwhileIsTakenUpAtTheEnd() {
    fixture.plan("b", 0, 4);
    fixture.begin(usual());
    fixture.takeOne();
    fixture.plan("b", 10, 4);

    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.states()).containsExactly("UPLOADED|8");
    assertThat(fixture.api.timesAccepted.values()).hasSize(8).containsOnly(1);
  }

  // Time and pages.

  @Test
  void aPageIsInTheTablesBeforeTheNextIsRead() {
    fixture.plan("b", 0, 30);
    fixture.begin(usual());
    while (!fixture.states().contains("UPLOADED|10")) {
      fixture.takeOne();
    }

    assertThat(fixture.states()).containsExactly("SUBMITTED|20", "UPLOADED|10");
    assertThat(fixture.query("SELECT COUNT(*) FROM import_cursors")).containsExactly("1");
    int before = fixture.api.requests;
    fixture.begin(usual());
    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.states()).containsExactly("UPLOADED|30");
    assertThat(fixture.api.requests - before).isLessThanOrEqualTo(3);
  }

  @Test
  void aJobIsNotLeftAtItsDeadlineByAnApiThatIsAway() {
    fixture.plan("b", 0, 10);
    fixture.api.processing = Duration.ofMinutes(70);
    fixture.begin(usual());
    fixture.takeOne();
    while (fixture.clock.instant().isBefore(LaneFixture.START.plus(Duration.ofMinutes(55)))) {
      fixture.takeOne();
    }
    fixture.api.isAway = true;
    while (fixture.clock.instant().isBefore(LaneFixture.START.plus(Duration.ofMinutes(75)))) {
      fixture.takeOne();
    }
    fixture.api.isAway = false;

    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.states()).containsExactly("UPLOADED|10");
  }

  @Test
  void aQuotaThatIsSpentLeavesWhatIsOpenToALaterRun() {
    fixture.plan("b", 0, 10);
    fixture.plan("b", 10, 10);
    fixture.begin(usual());
    fixture.takeOne();
    fixture.lane.step(fixture.clock.instant());
    fixture.wire.clear();
    fixture.begin(usual());
    fixture.takeOne();
    fixture.quotaAt = fixture.clock.instant().plus(Duration.ofHours(9));

    assertThat(fixture.runToTheEnd().kind()).isEqualTo(Ending.Kind.QUOTA);
    assertThat(fixture.query("SELECT state, error_code FROM import_videos GROUP BY 1, 2"))
        .containsExactlyInAnyOrder("SUBMITTED|null", "PENDING|null");

    fixture.clock.sleep(Duration.ofHours(9));
    fixture.begin(usual());
    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.states()).containsExactly("UPLOADED|20");
    assertThat(fixture.api.timesAccepted.values()).containsOnly(1);
  }

  @Test
  void aFolderIsAskedForOnceAtATime() {
    ImportTarget inFolder = ImportTarget.of(Provider.S3, "b", null, "drives", "user", false);
    for (int i = 0; i < 3; i++) {
      fixture.plan(inFolder, i * 10, 10);
    }
    fixture.lease("user/drives");
    fixture.begin(usual());
    for (int i = 0; i < 3; i++) {
      fixture.lane.step(fixture.clock.instant());
      fixture.clock.sleep(Duration.ofSeconds(1));
    }
    assertThat(fixture.wire).hasSize(1);

    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.api.folders).isEqualTo(1);
    assertThat(fixture.states()).containsExactly("UPLOADED|30");
  }

  // Resending.

  @Test
  void whatWasNotTakenIsNoDoubtOfALaterRun() {
    fixture.plan("b", 0, 10);
    for (int run = 0; run < 4; run++) {
      fixture.begin(held());
      fixture.api.nextImports.add(BUSY);
      fixture.takeOne();
      fixture.lane.step(fixture.clock.instant());
    }
    fixture.wire.clear();

    fixture.begin(held());
    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.states()).containsExactly("UPLOADED|10");
  }

  @Test
  void whatWasNotSentIsNoDoubtOfALaterRun() {
    fixture.plan("b", 0, 10);
    fixture.begin(usual());
    fixture.api.fates =
        uri -> {
          throw new ImportRefusedException("another account's key");
        };
    assertThatThrownBy(fixture::runToTheEnd).hasRootCauseInstanceOf(ImportRefusedException.class);
    assertThat(fixture.query("SELECT sends FROM import_intents")).containsExactly("0");
  }

  @Test
  void somethingIsReadBeforeABatchInDoubtIsSentAgain() {
    fixture.plan("b", 0, 10);
    fixture.plan("b", 10, 10);
    fixture.api.nextImports.add(RESET);
    fixture.begin(usual());

    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.states()).containsExactly("UPLOADED|20");
    assertThat(fixture.api.hasty).isZero();
    assertThat(fixture.query("SELECT sends FROM import_intents ORDER BY 1"))
        .containsExactly("1", "2");
  }

  @Test
  void aBatchIsSentThreeTimesAndThenHeldAndOnceMoreByEachLaterRun() {
    fixture.plan("b", 0, 10);
    fixture.api.nextImports.addAll(List.of(RESET, RESET));
    fixture.begin(usual());
    while (fixture.api.nextImports.size() > 0) {
      fixture.takeOne();
    }
    fixture.begin(usual());
    fixture.api.nextImports.add(RESET);

    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.states()).containsExactly("SUBMIT_UNKNOWN|10");
    fixture.begin(usual());
    fixture.api.nextImports.add(RESET);
    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.states()).containsExactly("SUBMIT_UNKNOWN|10");
    assertThat(fixture.query("SELECT sends FROM import_intents")).containsExactly("4");
    fixture.begin(usual());
    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.states()).containsExactly("UPLOADED|10");
  }

  @Test
  void aBatchInDoubtThatIsRefusedIsHeld() {
    fixture.plan("b", 0, 10);
    fixture.api.nextImports.addAll(List.of(RESET, BAD));
    fixture.begin(usual());

    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.states()).containsExactly("SUBMIT_UNKNOWN|10");
  }

  @Test
  void aBatchInDoubtThatIsDeniedIsHeldOnceAnotherTargetIsAccepted() {
    fixture.plan("b", 0, 10);
    fixture.api.nextImports.add(RESET);
    fixture.begin(usual());
    fixture.takeOne();
    fixture.plan("good", 0, 10);
    fixture.begin(usual());
    fixture.api.denied.put("b", DENIED);

    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.states()).containsExactly("SUBMIT_UNKNOWN|10", "UPLOADED|10");
  }

  @Test
  void whatIsDeniedToTheAccountIsSentOnceItIsMended() {
    fixture.plan("b", 0, 10);
    fixture.api.denied.put("b", DENIED);
    fixture.begin(held());
    assertThat(fixture.runToTheEnd().kind()).isEqualTo(Ending.Kind.REFUSED);
    assertThat(fixture.query("SELECT DISTINCT state, error_code FROM import_videos"))
        .containsExactly("PENDING|ACCOUNT_REFUSED");

    fixture.api.denied.clear();
    fixture.begin(held());
    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.states()).containsExactly("UPLOADED|10");
  }

  @Test
  void aBatchInDoubtThatIsTooLargeIsCut() {
    fixture.plan("b", 0, 10);
    fixture.api.nextImports.add(RESET);
    fixture.api.maxItems = 5;
    fixture.begin(usual());

    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.states()).containsExactly("UPLOADED|10");
    assertThat(fixture.query("SELECT state, requested FROM import_jobs ORDER BY 1, 2"))
        .containsExactly("COMPLETED|5", "COMPLETED|5", "REFUSED|10");
  }

  // Targets that are stopped.

  @Test
  void aStoppedTargetIsPlannedAnewWithAnotherIntegration() {
    fixture.plan("bad", 0, 50);
    fixture.api.nextImports.add(BUSY);
    fixture.begin(usual());
    fixture.takeOne();
    fixture.lane.step(fixture.clock.instant());
    fixture.wire.clear();
    fixture.plan("bad", 50, 50);
    fixture.plan("bad", 100, 50);
    fixture.api.failure = "Access denied";
    fixture.begin(rules(true, OnUnknownSubmit.RESEND, 1));
    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.query("SELECT state, COUNT(*) FROM import_videos GROUP BY 1 ORDER BY 1"))
        .containsExactly("PENDING|130", "UPLOADING_FAILED|20");
    assertThat(fixture.query("SELECT COUNT(*) FROM import_intents WHERE sends = 0"))
        .containsExactly("0");

    fixture.api.failure = null;
    fixture.clock.sleep(Duration.ofMinutes(1));
    ImportTarget mended = ImportTarget.of(Provider.S3, "bad", "int_2", null, "user", false);
    for (int i = 0; i < 3; i++) {
      fixture.plan(mended, i * 50, 50);
    }
    fixture.begin(usual());
    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.states()).containsExactly("UPLOADED|130", "UPLOADING_FAILED|20");
  }

  @Test
  void aCanaryWhoseItemsAreOtherBatchesHoldsNothingUp() {
    fixture.plan("b", 0, 5);
    fixture.plan("b", 10, 50);
    fixture.begin(rules(true, OnUnknownSubmit.RESEND, 1));
    fixture.clock.sleep(Duration.ofSeconds(1));
    fixture.plan("b", 0, 6);

    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.states()).containsExactly("UPLOADED|56");
    assertThat(fixture.api.timesAccepted.values()).containsOnly(1);
  }

  @Test
  void timeInWhichACanaryCouldNotBeReadDoesNotLetTheRestGo() {
    sendACanaryThatFailsAfter(Duration.ofMinutes(45));
    fixture.api.isAway = true;
    while (fixture.clock.instant().isBefore(LaneFixture.START.plus(Duration.ofMinutes(40)))) {
      fixture.takeOne();
    }
    fixture.api.isAway = false;

    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.api.sendsByKey).hasSize(1);
    assertThat(fixture.states()).containsExactly("PENDING|80", "UPLOADING_FAILED|20");
  }

  @Test
  void aLaneThatIsReopenedAwaitsTheCanaryThatWasSent() {
    sendACanaryThatFailsAfter(Duration.ofMinutes(5));
    fixture.beginAgain();

    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.api.sendsByKey).hasSize(1);
    assertThat(fixture.states()).containsExactly("PENDING|80", "UPLOADING_FAILED|20");
  }

  @Test
  void aTargetThatWasLetGoIsNotHeldUpWhenItsLaneIsReopened() {
    sendACanaryThatFailsAfter(Duration.ofHours(2));
    while (fixture.api.sendsByKey.size() < 2) {
      fixture.takeOne();
    }
    fixture.takeOne();
    Instant letGoAt = fixture.clock.instant();
    fixture.beginAgain();
    while (fixture.api.sendsByKey.size() < 3) {
      fixture.takeOne();
    }

    assertThat(fixture.clock.instant()).isBefore(letGoAt.plusSeconds(60));
  }

  private void sendACanaryThatFailsAfter(Duration time) {
    fixture.plan("b", 0, 50);
    fixture.plan("b", 50, 50);
    fixture.api.failure = "Access denied";
    fixture.api.processing = time;
    fixture.begin(rules(true, OnUnknownSubmit.RESEND, 1));
    while (!fixture.states().contains("SUBMITTED|20")) {
      fixture.takeOne();
    }
  }

  // History.

  @Test
  void whatIsSupersededIsNotCountedTwice() {
    fixture.plan("b", 0, 4);
    fixture.clock.sleep(Duration.ofSeconds(1));
    fixture.plan("b", 2, 4);
    fixture.begin(usual());

    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.query("SELECT SUM(requested), SUM(uploaded) FROM import_jobs"))
        .containsExactly("6|6");
  }

  @Test
  void whatIsTriedAgainIsNotCountedTwice() {
    fixture.plan("b", 0, 4);
    fixture.api.fates = uri -> ModelApi.Fate.FAILED_ONCE;
    fixture.begin(rules(false, OnUnknownSubmit.RESEND, 2));

    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.lane.view()).isEqualTo(new LaneView(4, 0, 8, 0));
    assertThat(fixture.query("SELECT state, attempt, COUNT(*) FROM import_attempts GROUP BY 1, 2"))
        .containsExactly("UPLOADING_FAILED|1|4");
  }

  @Test
  void aLaneThatHasBrokenSendsNothingMore() {
    List<Runnable> intents = new ArrayList<>();
    fixture.intents = intents::add;
    fixture.plan("b", 0, 10);
    ImportLane broken = fixture.begin(usual());

    assertThatThrownBy(
            () ->
                broken.run(
                    view -> {
                      throw new IllegalStateException("the display broke");
                    }))
        .hasMessage("the display broke");
    assertThat(intents).hasSize(1);
    intents.get(0).run();
    assertThat(fixture.wire).isEmpty();
    assertThat(fixture.query("SELECT sends FROM import_intents")).isEmpty();
  }

  // Bodies.

  @Test
  void aBodyIsFixedByItsFirstIntent() {
    fixture.plan("b", 0, 10);
    fixture.begin(usual()).step(fixture.clock.instant());
    fixture.wire.remove(0).run();
    fixture.clock.sleep(Duration.ofMinutes(1));
    fixture.plan("b", 5, 10);
    fixture.begin(usual());

    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.states()).containsExactly("UPLOADED|15");
    assertThat(fixture.api.timesAccepted.values()).hasSize(15).containsOnly(1);
    assertThat(fixture.api.sendsByKey.values()).containsExactlyInAnyOrder(2, 1);
  }

  @Test
  void aBatchOfAnEarlierVersionKeepsItsKeyAndIsNotCut() {
    ImportBatch sent = fixture.plan("b", 0, 30);
    ImportBatch planned = fixture.plan("b", 30, 40);
    fixture.execute(
        "UPDATE import_jobs SET state = 'SUBMIT_UNKNOWN', unknown_submits = 1 WHERE batch_id = '"
            + sent.getBatchId()
            + "'");
    fixture.execute("DROP TABLE import_intents");
    fixture.store.createTables();
    fixture.begin(rules(true, OnUnknownSubmit.RESEND, 1));

    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.states()).containsExactly("UPLOADED|70");
    assertThat(fixture.api.sendsByKey.keySet())
        .containsExactlyInAnyOrder(sent.getBatchId(), planned.getBatchId());
    assertThat(fixture.query("SELECT sends FROM import_intents ORDER BY 1"))
        .containsExactly("1", "2");
  }
}
