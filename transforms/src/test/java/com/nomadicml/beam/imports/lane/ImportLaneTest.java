package com.nomadicml.beam.imports.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.imports.OnUnknownSubmit;
import com.nomadicml.beam.imports.lane.ModelApi.Fate;
import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.Provider;
import com.nomadicml.beam.status.LeaseHeldException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A lane, driven step by step against real tables. */
class ImportLaneTest {
  @TempDir private Path directory;
  private LaneFixture fixture;

  @BeforeEach
  void start() {
    fixture = new LaneFixture(directory.resolve("status.db"), new Random(1));
  }

  /** What a test changes of the usual rules. */
  private static LaneRules rules(
      boolean canary, OnUnknownSubmit onUnknown, int maxAttempts, Duration awaitTimeout) {
    LaneRules usual = LaneFixture.rules("");
    return new LaneRules(
        "",
        usual.requestsAtOnce(),
        usual.pageSize(),
        usual.rowsAPage(),
        canary,
        0,
        maxAttempts,
        onUnknown,
        awaitTimeout,
        usual.patience());
  }

  private static LaneRules usual() {
    return LaneFixture.rules("");
  }

  @Test
  void aPostAndAPageABatch() {
    for (int i = 0; i < 5; i++) {
      fixture.plan("b", i * 10, 10);
    }
    fixture.begin(usual());

    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.states()).containsExactly("UPLOADED|50");
    assertThat(fixture.query("SELECT DISTINCT state, uploaded FROM import_jobs"))
        .containsExactly("COMPLETED|10");
    assertThat(fixture.query("SELECT COUNT(*) FROM import_cursors")).containsExactly("0");
    assertThat(fixture.query("SELECT COUNT(*) FROM import_intents WHERE body IS NOT NULL"))
        .containsExactly("0");
  }

  @Test
  void anApiThatIsAwayIsWaitedForAndNothingIsInDoubt() {
    fixture.plan("b", 0, 10);
    fixture.begin(usual());
    fixture.api.isAway = true;
    for (int i = 0; i < 100; i++) {
      fixture.takeOne();
    }
    assertThat(Duration.between(LaneFixture.START, fixture.clock.instant()))
        .isGreaterThan(Duration.ofMinutes(20));
    assertThat(fixture.states()).containsExactly("PENDING|10");
    assertThat(fixture.query("SELECT kind FROM import_events WHERE kind <> 'RESUMED'"))
        .containsExactly("API_AWAY");

    fixture.api.isAway = false;
    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.states()).containsExactly("UPLOADED|10");
    assertThat(fixture.query("SELECT unknown_submits FROM import_jobs")).containsExactly("0");
    assertThat(
            fixture.query(
                "SELECT kind FROM import_events WHERE kind <> 'RESUMED' ORDER BY happened_at"))
        .containsExactly("API_AWAY", "API_BACK");
  }

  @Test
  void patienceEnds() {
    fixture.plan("b", 0, 10);
    fixture.begin(usual());
    fixture.api.isAway = true;

    assertThat(fixture.runToTheEnd().kind()).isEqualTo(Ending.Kind.AWAY);
    assertThat(Duration.between(LaneFixture.START, fixture.clock.instant()))
        .isBetween(Duration.ofHours(2), Duration.ofMinutes(125));
    assertThat(fixture.query("SELECT DISTINCT state, error_code FROM import_videos"))
        .containsExactly("PENDING|NOT_SENT");
    assertThat(fixture.api.requests).isLessThan(140);
  }

  @Test
  void anApiThatIsAwayIsSaidOnceAMinuteAtMost() {
    List<String> said = new ArrayList<>();
    Logger logger = Logger.getLogger(LaneWriter.class.getName());
    Handler handler = new SaidLines(said);
    logger.setLevel(Level.WARNING);
    logger.addHandler(handler);
    try {
      patienceEnds();
    } finally {
      logger.removeHandler(handler);
      logger.setLevel(null);
    }

    assertThat(said).hasSizeBetween(110, 121);
    assertThat(said.get(30))
        .contains("has not answered for", "minutes (away)", "2026-11-28T12:00:00Z")
        .contains("--patience=PT2H");
  }

  @Test
  void a429WithoutEndIsTheEndOfTheQuota() {
    fixture.plan("b", 0, 10);
    fixture.begin(usual());
    fixture.api.isAway = true;
    fixture.api.awayStatus = 429;

    assertThat(fixture.runToTheEnd().kind()).isEqualTo(Ending.Kind.QUOTA);
    assertThat(Duration.between(LaneFixture.START, fixture.clock.instant()))
        .isEqualTo(Duration.ofHours(2));
    assertThat(fixture.query("SELECT DISTINCT state, error_code FROM import_videos"))
        .containsExactly("PENDING|QUOTA_SPENT");
  }

  @Test
  void whatAStreamHasLeftInDoubtIsSentUnderTheKeyOfThen() {
    String batchId = fixture.plan("b", 0, 10).getBatchId();
    fixture.execute("UPDATE import_jobs SET state = 'SUBMIT_UNKNOWN', unknown_submits = 1");
    fixture.begin(usual());

    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.states()).containsExactly("UPLOADED|10");
    assertThat(fixture.api.sendsByKey).containsOnlyKeys(batchId);
  }

  /** Whatever else it answers: patience with imports that are not taken has an end. */
  @Test
  void importsThatAreNeverTakenEndThePatience() {
    fixture.plan("b", 0, 10);
    fixture.api.denied.put("b", new ApiException(ApiException.Kind.RETRYABLE, 503, "not now"));
    fixture.begin(usual());

    assertThat(fixture.runToTheEnd().kind()).isEqualTo(Ending.Kind.AWAY);
    assertThat(Duration.between(LaneFixture.START, fixture.clock.instant()))
        .isBetween(Duration.ofHours(2), Duration.ofMinutes(125));
    assertThat(fixture.api.requests).isLessThan(300);
    assertThat(fixture.states()).containsExactly("PENDING|10");
  }

  @Test
  void importsThatAreNeverAnsweredAreNotSentOneAfterTheOther() {
    for (int i = 0; i < 60; i++) {
      fixture.plan("b", i * 10, 10);
    }
    fixture.api.denied.put("b", new ApiException(ApiException.Kind.OUTCOME_UNKNOWN, 500, "broken"));
    fixture.begin(usual());

    assertThat(fixture.runToTheEnd().kind()).isEqualTo(Ending.Kind.AWAY);
    assertThat(fixture.query("SELECT SUM(sends) FROM import_intents")).containsExactly("20");
    assertThat(fixture.states()).containsExactly("PENDING|530", "SUBMIT_UNKNOWN|70");
  }

  @Test
  void aPassOverManyPagesOutlivesARefusalForTheRate() {
    fixture.plan("b", 0, 100);
    fixture.begin(
        new LaneRules(
            "",
            4,
            10,
            10,
            false,
            0,
            1,
            OnUnknownSubmit.RESEND,
            Duration.ofHours(6),
            Duration.ofHours(2)));
    fixture.api.refusedReads = 3;

    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.states()).containsExactly("UPLOADED|100");
    assertThat(fixture.api.reads).isLessThan(25);
  }

  @Test
  void aRunThatEndsEarlyKeepsWhatItHasCounted() {
    fixture.plan("b", 0, 100);
    fixture.api.fates = uri -> uri.endsWith("9.mp4") ? Fate.NEVER_SHOWN : Fate.UPLOADED;
    fixture.begin(usual());
    while (!fixture.states().contains("UPLOADED|90")) {
      fixture.takeOne();
    }
    fixture.quotaAt = fixture.clock.instant().plus(Duration.ofHours(9));

    assertThat(fixture.runToTheEnd().kind()).isEqualTo(Ending.Kind.QUOTA);
    assertThat(fixture.query("SELECT state, uploaded FROM import_jobs"))
        .containsExactly("SUBMITTED|90");
    assertThat(fixture.query("SELECT batch_id FROM import_cursors")).hasSize(1);
  }

  @Test
  void aJobThatAloneCanNotBeReadIsNoOutage() {
    fixture.plan("b", 0, 10);
    fixture.api.hasNoPages = true;
    fixture.begin(rules(false, OnUnknownSubmit.RESEND, 1, Duration.ofMinutes(30)));

    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(Duration.between(LaneFixture.START, fixture.clock.instant()))
        .isBetween(Duration.ofMinutes(30), Duration.ofMinutes(32));
    assertThat(fixture.states()).containsExactly("SUBMITTED|10");
  }

  @Test
  void nothingIsSentAgainstAnApiThatIsAway() {
    for (int i = 0; i < 6; i++) {
      fixture.plan("b", 10 * i, 10);
    }
    fixture.begin(usual());
    fixture.api.isAway = true;
    for (int i = 0; i < 50; i++) {
      fixture.takeOne();
    }

    // The ones that were on their way when it was not known yet.
    assertThat(fixture.query("SELECT COUNT(*) FROM import_intents")).containsExactly("4");
  }

  @Test
  void aDayThatTheClockSkipsIsNoTimeThatAJobWasWaitedFor() {
    fixture.plan("b", 0, 10);
    fixture.api.processing = Duration.ofDays(1).plusMinutes(20);
    fixture.begin(rules(false, OnUnknownSubmit.RESEND, 1, Duration.ofMinutes(30)));
    answerOnce();
    while (fixture.clock.instant().isBefore(LaneFixture.START.plus(Duration.ofMinutes(10)))) {
      fixture.takeOne();
    }
    fixture.clock.sleep(Duration.ofDays(1));

    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.states()).containsExactly("UPLOADED|10");
  }

  @Test
  void aClockThatJumpsLosesAndDoublesNothing() {
    for (int i = 0; i < 6; i++) {
      fixture.plan("b", i * 10, 10);
    }
    fixture.api.faults = 20;
    fixture.api.processing = Duration.ofMinutes(20);
    fixture.begin(usual());
    Random random = new Random(7);
    for (int i = 0; i < 300; i++) {
      fixture.takeOne();
      if (random.nextInt(20) == 0) {
        if (random.nextBoolean()) {
          fixture.clock.sleep(Duration.ofDays(1));
        } else {
          fixture.clock.goBack(Duration.ofHours(1));
        }
      }
    }

    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.states()).containsExactly("UPLOADED|60");
    assertThat(fixture.api.timesAccepted.values()).hasSize(60).containsOnly(1);
  }

  @Test
  void anOutageIsNoTimeThatAJobWasWaitedFor() {
    fixture.plan("b", 0, 10);
    fixture.api.processing = Duration.ofMinutes(90);
    fixture.begin(rules(false, OnUnknownSubmit.RESEND, 1, Duration.ofMinutes(30)));
    answerOnce();
    fixture.api.isAway = true;
    while (fixture.clock.instant().isBefore(LaneFixture.START.plus(Duration.ofMinutes(85)))) {
      fixture.takeOne();
    }
    fixture.api.isAway = false;

    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.states()).containsExactly("UPLOADED|10");
  }

  @Test
  void aJobIsNotWaitedForLongerThanItsTimeout() {
    fixture.plan("b", 0, 10);
    fixture.api.processing = Duration.ofDays(1);
    fixture.begin(rules(false, OnUnknownSubmit.RESEND, 1, Duration.ofMinutes(30)));

    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(Duration.between(LaneFixture.START, fixture.clock.instant()))
        .isBetween(Duration.ofMinutes(30), Duration.ofMinutes(31));
    assertThat(fixture.query("SELECT DISTINCT state, error_code FROM import_videos"))
        .containsExactly("SUBMITTED|STILL_PROCESSING");

    int before = fixture.api.requests;
    fixture.begin(rules(false, OnUnknownSubmit.RESEND, 1, Duration.ofMinutes(30)));
    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.api.requests - before).isEqualTo(1);
  }

  @Test
  void aCanaryThatFailsTakesTheRestOfItsTargetBack() {
    for (int i = 0; i < 3; i++) {
      fixture.plan("bad", i * 50, 50);
    }
    fixture.api.failure = "Access denied";
    fixture.begin(rules(true, OnUnknownSubmit.RESEND, 1, Duration.ofHours(6)));

    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(
            fixture.query(
                "SELECT state, error_code, batch_id IS NULL, COUNT(*) FROM import_videos"
                    + " GROUP BY 1, 2, 3 ORDER BY 1"))
        .containsExactly("PENDING|CANARY_FAILED|1|130", "UPLOADING_FAILED|IMPORT_FAILED|0|20");
    assertThat(fixture.query("SELECT state, COUNT(*) FROM import_jobs GROUP BY 1 ORDER BY 1"))
        .containsExactly("COMPLETED|1", "STOPPED|3");
    assertThat(fixture.query("SELECT kind FROM import_events WHERE kind <> 'RESUMED'"))
        .containsExactly("TARGET_STOPPED");
  }

  @Test
  void aStoppedTargetMayBePlannedAsTheSameBatchesAgain() {
    aCanaryThatFailsTakesTheRestOfItsTargetBack();
    fixture.api.failure = null;
    fixture.clock.moveTo(fixture.clock.instant().plusSeconds(60));
    for (int i = 0; i < 3; i++) {
      fixture.plan("bad", i * 50, 50);
    }
    fixture.begin(rules(false, OnUnknownSubmit.RESEND, 1, Duration.ofHours(6)));

    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.states()).containsExactly("UPLOADED|130", "UPLOADING_FAILED|20");
  }

  @Test
  void whatFailedIsTriedAgainWithinTheRunAndIsKeptAsAnAttempt() {
    fixture.plan("b", 0, 4);
    fixture.api.failure = "Transcoding failed";
    fixture.begin(rules(false, OnUnknownSubmit.RESEND, 3, Duration.ofHours(6)));

    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.api.timesAccepted.values()).containsOnly(3);
    assertThat(fixture.query("SELECT DISTINCT state, attempt FROM import_videos"))
        .containsExactly("UPLOADING_FAILED|3");
    assertThat(
            fixture.query(
                "SELECT attempt, state, error_message, COUNT(*) FROM import_attempts"
                    + " GROUP BY 1, 2, 3 ORDER BY 1"))
        .containsExactly(
            "1|UPLOADING_FAILED|Transcoding failed|4", "2|UPLOADING_FAILED|Transcoding failed|4");
  }

  @Test
  void anErrorInARequestEndsTheLane() {
    fixture.plan("b", 0, 10);
    fixture.begin(usual());
    fixture.api.fates =
        uri -> {
          throw new StackOverflowError();
        };

    assertThatThrownBy(fixture::runToTheEnd)
        .isInstanceOf(IllegalStateException.class)
        .hasRootCauseInstanceOf(StackOverflowError.class);
  }

  @Test
  void whatIsHeldIsNotSentAgain() {
    fixture.plan("b", 0, 4);
    fixture.begin(rules(false, OnUnknownSubmit.HOLD, 1, Duration.ofHours(6)));
    fixture.lane.step(fixture.clock.instant());
    fixture.wire.clear();

    fixture.begin(rules(false, OnUnknownSubmit.HOLD, 1, Duration.ofHours(6)));
    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.states()).containsExactly("SUBMIT_UNKNOWN|4");
    assertThat(fixture.api.requests).isZero();

    fixture.begin(usual());
    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.states()).containsExactly("UPLOADED|4");
  }

  @Test
  void anItemThatAnotherBatchHasTakenIsNotSentTwice() {
    fixture.plan("b", 0, 4);
    fixture.clock.moveTo(LaneFixture.START.plusSeconds(1));
    ImportBatch later = fixture.plan("b", 2, 4);
    fixture.begin(usual());

    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.api.timesAccepted.values()).hasSize(6).containsOnly(1);
    assertThat(fixture.states()).containsExactly("UPLOADED|6");
    assertThat(
            fixture.query(
                "SELECT COUNT(*) FROM import_videos WHERE batch_id = '" + later.getBatchId() + "'"))
        .containsExactly("4");
  }

  @Test
  void aLaneThatHasLostItsLeaseSendsNothing() {
    fixture.plan("b", 0, 4);
    ImportLane zombie = fixture.begin(usual());
    fixture.begin(usual());

    assertThatThrownBy(() -> zombie.step(fixture.clock.instant()))
        .isInstanceOf(LeaseHeldException.class);
    assertThat(fixture.wire).isEmpty();
  }

  @Test
  void aRestartReadsOnWhereTheOtherHasStopped() {
    fixture.plan("b", 0, 10);
    fixture.api.processing = Duration.ofHours(1);
    fixture.begin(usual());
    while (fixture.clock.instant().isBefore(LaneFixture.START.plus(Duration.ofMinutes(30)))) {
      fixture.takeOne();
    }
    answerOnce();
    int before = fixture.api.requests;
    fixture.begin(usual());
    Step step = fixture.lane.step(fixture.clock.instant());

    assertThat(step).isInstanceOf(Step.Wait.class);
    assertThat(fixture.wire).isEmpty();
    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.api.requests - before).isLessThan(12);
  }

  @Test
  void whatAnotherVersionHasReadIsReadFromTheStart() {
    fixture.plan("b", 0, 10);
    fixture.api.processing = Duration.ofMinutes(5);
    fixture.begin(usual());
    while (fixture.query("SELECT 1 FROM import_cursors").isEmpty()) {
      fixture.takeOne();
    }
    fixture.execute("UPDATE import_cursors SET reading = '2.' || reading");
    fixture.beginAgain();

    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.states()).containsExactly("UPLOADED|10");
  }

  @Test
  void aFolderThatOnceCanNotBeResolvedIsAskedForAgain() {
    fixture.plan(ImportTarget.of(Provider.S3, "b", null, "f", "user", false), 0, 10);
    fixture.lease("user/f");
    fixture.api.isAway = true;
    fixture.begin(usual());
    fixture.takeOne();
    fixture.api.isAway = false;

    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.states()).containsExactly("UPLOADED|10");
    assertThat(fixture.api.folders).isEqualTo(2);
  }

  @Test
  void aClockThatIsSetBackDoesNotHoldItUp() {
    fixture.plan("b", 0, 10);
    fixture.begin(usual());
    answerOnce();
    fixture.clock.goBack(Duration.ofHours(10));

    assertThat(fixture.runToTheEnd()).isEqualTo(Ending.DONE);
    assertThat(fixture.states()).containsExactly("UPLOADED|10");
  }

  private static final class SaidLines extends Handler {
    private final List<String> said;

    SaidLines(List<String> said) {
      this.said = said;
    }

    @Override
    public void publish(LogRecord entry) {
      said.add(new SimpleFormatter().formatMessage(entry));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private void answerOnce() {
    fixture.lane.step(fixture.clock.instant());
    fixture.wire.remove(0).run();
    fixture.lane.step(fixture.clock.instant());
  }
}
