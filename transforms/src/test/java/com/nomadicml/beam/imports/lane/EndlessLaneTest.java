package com.nomadicml.beam.imports.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.imports.OnUnknownSubmit;
import com.nomadicml.beam.imports.lane.ModelApi.Fate;
import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.Provider;
import com.nomadicml.beam.status.SqliteWork;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lane of a stream: it waits for more to do. */
class EndlessLaneTest {
  @TempDir private Path directory;
  private LaneFixture fixture;

  @BeforeEach
  void start() {
    fixture = tables("status.db");
  }

  LaneFixture tables(String name) {
    return new LaneFixture(directory.resolve(name), new Random(1));
  }

  static LaneRules rules(boolean canary, int maxAttempts) {
    return new LaneRules(
            "",
            4,
            10,
            500,
            canary,
            0,
            maxAttempts,
            OnUnknownSubmit.RESEND,
            Duration.ofHours(1),
            Duration.ofHours(2))
        .endless();
  }

  @Test
  void whatIsPlannedLaterIsTakenUp() {
    fixture.begin(rules(false, 1));
    workFor(Duration.ofMinutes(1));
    fixture.planLater("b", 0, 10);
    workFor(Duration.ofMinutes(1));
    assertThat(fixture.states()).containsExactly("UPLOADED|10");

    fixture.planLater("b", 10, 10);
    workFor(Duration.ofMinutes(1));

    assertThat(fixture.states()).containsExactly("UPLOADED|20");
    assertThat(fixture.query("SELECT COUNT(*) FROM import_arrivals")).containsExactly("0");
    assertThat(fixture.api.timesAccepted.values()).hasSize(20).containsOnly(1);
  }

  @Test
  void whatArrivesTwiceIsSentOnce() {
    fixture.begin(rules(false, 1));
    ImportBatch batch = fixture.planLater("b", 0, 10);
    workFor(Duration.ofMinutes(1));
    // As a bundle does that is run again.
    fixture.planLater("b", 0, 10);
    workFor(Duration.ofMinutes(1));

    assertThat(fixture.states()).containsExactly("UPLOADED|10");
    assertThat(fixture.query("SELECT batch_id, state FROM import_jobs"))
        .containsExactly(batch.getBatchId() + "|COMPLETED");
    assertThat(fixture.api.timesAccepted.values()).containsOnly(1);
  }

  @Test
  void failedItemsAreTriedAgain() {
    fixture.api.fates = uri -> Fate.FAILED_ONCE;
    fixture.begin(rules(false, 2));
    fixture.planLater("b", 0, 10);
    workFor(Duration.ofMinutes(2));

    assertThat(fixture.states()).containsExactly("UPLOADED|10");
    assertThat(fixture.query("SELECT DISTINCT attempt FROM import_videos")).containsExactly("2");
  }

  /** Destinations appear while a stream runs, and an earlier run may have left something there. */
  @Test
  void whatIsOpenInALaterDestinationIsTakenOver() {
    ImportTarget target = ImportTarget.of(Provider.S3, "b", null, "trip", "user", false);
    fixture.plan(target, 0, 10);
    fixture.begin(rules(false, 1));
    workFor(Duration.ofMinutes(1));
    assertThat(fixture.states()).containsExactly("PENDING|10");

    fixture.leaseNow("user/trip");
    fixture.store.lane().announce(fixture.rules.runId(), "user/trip");
    workFor(Duration.ofMinutes(1));

    assertThat(fixture.states()).containsExactly("UPLOADED|10");
    assertThat(fixture.query("SELECT DISTINCT run_id FROM import_jobs"))
        .containsExactly(fixture.rules.runId());
    assertThat(fixture.query("SELECT kind FROM import_events")).containsExactly("RESUMED");
  }

  @Test
  void whatComesLaterForAStoppedTargetIsTakenBackToo() {
    fixture.api.fates = uri -> uri.startsWith("s3://bad/") ? Fate.FAILED : Fate.UPLOADED;
    fixture.begin(rules(true, 1));
    fixture.planLater("bad", 0, 10);
    fixture.planLater("bad", 10, 10);
    workFor(Duration.ofMinutes(2));
    fixture.planLater("bad", 20, 10);
    fixture.planLater("good", 0, 10);
    workFor(Duration.ofMinutes(2));

    assertThat(
            fixture.query(
                "SELECT bucket, state, error_code, batch_id IS NULL, COUNT(*) FROM import_videos"
                    + " GROUP BY 1, 2, 3, 4 ORDER BY 1, 2"))
        .containsExactly(
            "bad|PENDING|CANARY_FAILED|1|20",
            "bad|UPLOADING_FAILED|IMPORT_FAILED|0|10",
            "good|UPLOADED|null|0|10");
  }

  /** A batch that a killed stream was sending is sent again by a later run, under the same key. */
  @Test
  void whatAKilledStreamWasSendingIsSentAgainUnderItsKey() {
    fixture.begin(rules(false, 1));
    fixture.planLater("b", 0, 10);
    fixture.clock.sleep(Duration.ofSeconds(3));
    fixture.lane.step(fixture.clock.instant());
    fixture.wire.remove(0).run();
    assertThat(fixture.query("SELECT sends FROM import_intents")).containsExactly("1");
    assertThat(fixture.states()).containsExactly("PENDING|10");

    fixture.begin(LaneFixture.rules(""));
    fixture.runToTheEnd();

    assertThat(fixture.states()).containsExactly("UPLOADED|10");
    assertThat(fixture.api.sendsByKey.values()).containsExactly(2);
    assertThat(fixture.api.timesAccepted.values()).containsOnly(1);
  }

  @Test
  void anApiThatIsAwayIsWaitedForForEver() {
    fixture.begin(rules(false, 1));
    fixture.planLater("b", 0, 10);
    fixture.api.isAway = true;
    workFor(Duration.ofHours(3));
    fixture.api.isAway = false;
    workFor(Duration.ofHours(1));

    assertThat(fixture.states()).containsExactly("UPLOADED|10");
  }

  @Test
  void aRefusedAccountEndsIt() {
    fixture.begin(rules(false, 1));
    fixture.planLater("b", 0, 10);
    fixture.api.nextImports.add(
        new ApiException(ApiException.Kind.PERMANENT, 401, "Invalid API key"));

    assertThatThrownBy(() -> workFor(Duration.ofMinutes(1)))
        .hasMessageContaining("REFUSED")
        .hasMessageContaining("Invalid API key");
    assertThat(fixture.states()).containsExactly("PENDING|10");
  }

  /** What a send costs does not grow with what waits behind it. */
  @Test
  void aSendCostsTheSameWhateverWaits() {
    Cost few = costOfTenSends(100);
    fixture = tables("many.db");
    Cost many = costOfTenSends(many());

    assertThat(many.calls()).isLessThanOrEqualTo(few.calls());
    assertThat(many.rows()).isLessThanOrEqualTo(few.rows());
    assertThat(many.steps()).isLessThanOrEqualTo(few.steps());
  }

  /**
   * What a lane asks of its tables.
   *
   * @param rows what they tell
   * @param steps what the database does for that, as far as it tells
   */
  private record Cost(int calls, int rows, long steps) {}

  int many() {
    return 100_000;
  }

  /** The steps of the database so far. */
  LongSupplier steps() {
    return SqliteWork.of(fixture.store)::steps;
  }

  /** At a request a minute, each batch of one item. */
  private Cost costOfTenSends(int backlog) {
    fixture.api.processing = Duration.ofDays(30);
    fixture.begin(rules(false, 1));
    fixture.planMany("b", backlog);
    fixture.beginAgain();
    send(1);
    // The rest of a backlog is in no lane's memory.
    assertThat(fixture.rowsRead).isLessThanOrEqualTo(Math.max(most(), 100));
    fixture.calls = 0;
    fixture.rowsRead = 0;
    LongSupplier steps = steps();
    long before = steps.getAsLong();
    send(11);
    return new Cost(fixture.calls, fixture.rowsRead, steps.getAsLong() - before);
  }

  /** How many batches a lane takes up at once at most. */
  int most() {
    return 1_000;
  }

  private void send(int untilSent) {
    while (fixture.api.sendsByKey.size() < untilSent) {
      fixture.takeOne();
      if (fixture.clock.instant().isAfter(fixture.quotaAt)) {
        fixture.quotaAt = fixture.clock.instant().plus(Duration.ofMinutes(1));
      }
    }
  }

  /** Takes steps for so long; fails when the lane ends. */
  private void workFor(Duration time) {
    Instant until = fixture.clock.instant().plus(time);
    while (fixture.clock.instant().isBefore(until)) {
      Step step = fixture.lane.step(fixture.clock.instant());
      if (step instanceof Step.Ended ended) {
        throw new AssertionError(ended.ending().toString());
      }
      if (fixture.wire.isEmpty()) {
        fixture.clock.moveTo(((Step.Wait) step).until());
      } else {
        fixture.wire.remove(0).run();
      }
    }
  }
}
