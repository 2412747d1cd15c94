package com.nomadicml.beam.imports;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.imports.AwaitPolicy.Step;
import com.nomadicml.beam.model.ImportJob;
import com.nomadicml.beam.model.SeenVideo;
import com.nomadicml.beam.model.VideoState;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AwaitPolicyTest {
  private static final Instant START = Instant.parse("2026-11-24T10:00:00Z");
  private static final Look NOTHING = look(null);

  private final AwaitPolicy policy = new AwaitPolicy(Duration.ofHours(6), 500);
  private List<ImportJob> jobs;
  private LaneProgress lane;
  private Instant now = START;

  @Test
  void aJobWhoseItemsAreAllSeenAndTerminalIsDone() {
    watch(job("a", "b"));
    read(0, look(null, uploaded("a"), failed("b")));
    assertThat(lane.isDone()).isTrue();
  }

  @Test
  void aDuplicatedRowDoesNotStandForAnItemNotSeen() {
    watch(job("a", "b"));
    SeenVideo again = SeenVideo.of("id2", "a", "UPLOADED", VideoState.UPLOADED, null);
    read(0, look(null, uploaded("a"), again));
    assertThat(lane.job(0).done()).isFalse();
    assertThat(lane.job(0).known()).isFalse();
  }

  @Test
  void itemsThatDifferByEscapesOnlyAreSeenWhenEachHasItsRow() {
    ImportJob two = job("a b", "a%20b");
    watch(
        ImportJob.of(
            two.getBatchId(),
            two.getImportJobId(),
            2,
            UriFingerprint.of("a b"),
            two.getSubmittedAt(),
            List.of(),
            List.of()));
    read(0, look(null, uploaded("a b")));
    assertThat(lane.isDone()).isFalse();
    read(0, look(null, uploaded("a b"), uploaded("a%20b")));
    assertThat(lane.isDone()).isTrue();
  }

  @Test
  void aSmallJobCostsOnePage() {
    watch(job("a"), job("b"));
    now = now.plusSeconds(2);
    assertThat(policy.next(lane, now)).isEqualTo(new Step(0, "", Duration.ZERO));
    read(0, look(null, uploaded("a")));
    assertThat(policy.next(lane, now)).isEqualTo(new Step(1, "", Duration.ZERO));
    read(1, look(null, uploaded("b")));
    assertThat(lane.isDone()).isTrue();
  }

  @Test
  void aPassGoesOnAtOnceAndAJobNotKnownIsReadFromItsFirstPageAgain() {
    watch(job("a", "b", "c"));
    read(0, look("a", uploaded("a")));
    assertThat(policy.next(lane, now)).isEqualTo(new Step(0, "a", Duration.ZERO));
    read(0, "a", look(null, uploaded("c")));
    assertThat(policy.next(lane, now).isWait()).isTrue();
    now = now.plusSeconds(60);
    assertThat(policy.next(lane, now)).isEqualTo(new Step(0, "", Duration.ZERO));
  }

  @Test
  void onceKnownOnlyPagesWithPendingRowsAreReadAgain() {
    watch(job("a", "b", "c"));
    read(0, look("a", uploaded("a")));
    read(0, "a", look("b", pending("b")));
    read(0, "b", look(null, uploaded("c")));
    assertThat(lane.job(0).known()).isTrue();
    assertThat(lane.job(0).pendingPages()).containsExactly("a");
    now = now.plusSeconds(60);
    assertThat(policy.next(lane, now)).isEqualTo(new Step(0, "a", Duration.ZERO));
    read(0, "a", look("b", uploaded("b")));
    assertThat(lane.isDone()).isTrue();
  }

  @Test
  void aRoundOverPendingPagesGoesOnAtOnceWhileItFindsThemDone() {
    watch(job("a", "b"));
    read(0, look("a", pending("a")));
    read(0, "a", look(null, pending("b")));
    now = now.plusSeconds(60);
    read(0, look("a", uploaded("a")));
    assertThat(policy.next(lane, now)).isEqualTo(new Step(0, "a", Duration.ZERO));
  }

  @Test
  void aCursorThatLoopsEndsThePass() {
    watch(job("a", "b", "c"));
    read(0, look("a", uploaded("a")));
    read(0, "a", look("a", uploaded("b")));
    assertThat(lane.job(0).pass()).isNull();
    assertThat(lane.job(0).done()).isFalse();
  }

  @Test
  void strangeRowsEndAJobOnlyAfterItHasBeenQuiet() {
    watch(job("a"));
    int looks = 0;
    while (!lane.isDone()) {
      read(0, look(null, uploaded("a"), uploaded("foreign")));
      now = now.plusSeconds(60);
      looks++;
      assertThat(looks).isLessThan(10);
    }
    assertThat(Duration.between(START, now))
        .isBetween(Duration.ofMinutes(2), Duration.ofMinutes(4));
  }

  @Test
  void aMissingRowKeepsAJobOpen() {
    watch(job("a", "b"));
    for (int i = 0; i < 50; i++) {
      read(0, look(null, uploaded("a")));
      now = now.plusSeconds(60);
    }
    assertThat(lane.isDone()).isFalse();
  }

  @Test
  void aFailedLookIsTriedAgainLaterFromTheFirstPage() {
    watch(job("a", "b"));
    read(0, look("a", uploaded("a")));
    lane = policy.afterFailure(lane, 0, jobs.get(0), now);
    assertThat(policy.next(lane, now).isWait()).isTrue();
    assertThat(policy.next(lane, now.plusSeconds(60)).cursor()).isEmpty();
  }

  @Test
  void aSmallImportIsFreshToAFewSecondsAndCostsFewLooks() {
    watch(job("a"));
    Instant ready = START.plusSeconds(20);
    int looks = 0;
    while (!lane.isDone()) {
      Step step = policy.next(lane, now);
      now = now.plus(step.pause());
      if (!step.isWait()) {
        looks++;
        read(0, now.isBefore(ready) ? NOTHING : look(null, uploaded("a")));
      }
    }
    assertThat(now).isBetween(ready, ready.plusSeconds(5));
    assertThat(looks).isLessThanOrEqualTo(6);
  }

  @Test
  void jobsThatTheBackendHasNotComeToAreNotAskedForOneByOne() {
    watch(Collections.nCopies(20, job("a")).toArray(ImportJob[]::new));
    now = now.plusSeconds(2);
    read(0, NOTHING);
    assertThat(policy.next(lane, now).isWait()).isTrue();
    now = now.plus(policy.next(lane, now).pause());
    assertThat(policy.next(lane, now).isWait()).isFalse();
  }

  @Test
  void aJobThatIsStuckHoldsNoOtherUp() {
    watch(job("a"), job("b"), job("c"));
    now = now.plusSeconds(2);
    read(0, NOTHING);
    now = now.plusSeconds(60);
    assertThat(policy.next(lane, now).job()).isEqualTo(1);
    read(1, look(null, uploaded("b")));
    assertThat(policy.next(lane, now).job()).isEqualTo(2);
  }

  @Test
  void noPauseIsLongerThanTenMinutesOrFollowsAnOlderJobsAge() {
    ImportJob old = job("a");
    ImportJob young = later(job("b"), Duration.ofHours(5));
    watch(old, young);
    now = START.plus(Duration.ofHours(5));
    read(0, NOTHING);
    assertThat(policy.next(lane, now).pause()).isEqualTo(Duration.ofMinutes(10));

    now = now.plusSeconds(600);
    read(1, NOTHING);
    now = now.plusSeconds(1);
    read(0, NOTHING);
    assertThat(policy.next(lane, now).job()).isNegative();
    assertThat(policy.next(lane, now).pause()).isLessThanOrEqualTo(Duration.ofMinutes(10));
    assertThat(lane.frontierAt() - now.toEpochMilli()).isLessThan(600_000 / 4);
  }

  @Test
  void aClockThatJumpsMakesNoNegativePauseAndNoLongOne() {
    Random random = new Random(3);
    watch(job("a"), job("b"), job("c"));
    for (int i = 0; i < 2_000; i++) {
      now =
          now.plus(
              switch (random.nextInt(40)) {
                case 0 -> Duration.ofDays(1);
                case 1 -> Duration.ofHours(-1);
                default -> Duration.ofSeconds(random.nextInt(30));
              });
      Step step = policy.next(lane, now);
      assertThat(step.pause()).isBetween(Duration.ZERO, Duration.ofMinutes(10));
      if (!step.isWait()) {
        jobs = jobs.stream().map(job -> submitted(job, now)).toList();
        read(step.job(), NOTHING);
      }
    }
  }

  @Test
  void noJobIsHeldUpBeyondItsDeadline() {
    watch(IntStream.range(0, 200).mapToObj(i -> large(1_000)).toArray(ImportJob[]::new));
    Set<Integer> looked = new HashSet<>();
    Instant deadline = START.plus(Duration.ofHours(6));
    while (!lane.isDone()) {
      Step step = policy.next(lane, now);
      now = now.plus(step.pause());
      if (!step.isWait()) {
        looked.add(step.job());
        read(step.job(), NOTHING);
        if (policy.isOverdue(jobs.get(step.job()), now)) {
          lane = lane.with(step.job(), lane.job(step.job()).ended());
        }
      }
    }
    assertThat(looked).hasSize(200);
    assertThat(now).isEqualTo(deadline);
  }

  @Test
  void aFirstPageWithLittleOnItIsNotFollowedInALargeLane() {
    ImportJob large = large(100_000);
    watch(large);
    read(0, look("next", pending("a")));
    assertThat(lane.job(0).pass()).isNull();
    assertThat(policy.next(lane, now).isWait()).isTrue();
  }

  @Test
  void aJobThatStaysSlowIsReadAsAWholeAllTheSame() {
    watch(large(100_000));
    for (int i = 0; i < 3; i++) {
      read(0, look("next", pending("a")));
      now = now.plusSeconds(3_600);
    }
    read(0, look("next", pending("a")));
    assertThat(policy.next(lane, now)).isEqualTo(new Step(0, "next", Duration.ZERO));
  }

  @Test
  void anOverdueJobIsLookedAtOnceMoreAtItsDeadline() {
    watch(job("a"));
    Instant deadline = START.plus(Duration.ofHours(6));
    while (now.isBefore(deadline)) {
      Step step = policy.next(lane, now);
      now = now.plus(step.pause());
      if (!step.isWait()) {
        read(0, NOTHING);
      }
    }
    assertThat(now).isEqualTo(deadline);
    assertThat(policy.isOverdue(jobs.get(0), now)).isTrue();
  }

  @Test
  void looksInVainGrowWithTheLogarithmOfTheTime() {
    watch(IntStream.range(0, 100).mapToObj(i -> large(1_000)).toArray(ImportJob[]::new));
    int looks = looksInVainUntil(START.plus(Duration.ofMinutes(20)));
    int asMuchTimeAgain = looksInVainUntil(START.plus(Duration.ofMinutes(40)));
    looksInVainUntil(START.plus(Duration.ofMinutes(100)));
    int anHour = looksInVainUntil(START.plus(Duration.ofMinutes(160)));

    // Two gates, each closed for a fourth of the lane's age: some 6 looks for a doubling of the
    // time. Then each is closed for ten minutes.
    assertThat(looks).isLessThan(80);
    assertThat(asMuchTimeAgain).isLessThanOrEqualTo(8);
    assertThat(anHour).isBetween(6, 13);
  }

  private int looksInVainUntil(Instant end) {
    int looks = 0;
    while (now.isBefore(end)) {
      Step step = policy.next(lane, now);
      now = now.plus(step.pause());
      if (!step.isWait()) {
        looks++;
        read(step.job(), NOTHING);
      }
    }
    return looks;
  }

  private void watch(ImportJob... watched) {
    jobs = List.of(watched);
    lane = policy.start(jobs, now);
  }

  private void read(int index, Look look) {
    read(index, "", look);
  }

  private void read(int index, String cursor, Look look) {
    lane = policy.after(lane, index, jobs.get(index), cursor, look, now);
  }

  private static ImportJob job(String... uris) {
    return ImportJob.of(
        "batch-" + String.join("-", uris),
        "ij_1",
        uris.length,
        Arrays.stream(uris).mapToLong(UriFingerprint::of).sum(),
        START.toEpochMilli(),
        List.of(),
        List.of());
  }

  private static ImportJob later(ImportJob job, Duration time) {
    return submitted(job, START.plus(time));
  }

  private static ImportJob submitted(ImportJob job, Instant at) {
    return ImportJob.of(
        job.getBatchId(),
        job.getImportJobId(),
        job.getRequested(),
        job.getFingerprint(),
        at.toEpochMilli(),
        List.of(),
        List.of());
  }

  private static ImportJob large(int items) {
    return ImportJob.of("b", "ij_1", items, 1, START.toEpochMilli(), List.of(), List.of());
  }

  private static Look look(String next, SeenVideo... videos) {
    return new Look(0, next, List.of(videos));
  }

  private static SeenVideo uploaded(String uri) {
    return SeenVideo.of("id-" + uri, uri, "UPLOADED", VideoState.UPLOADED, null);
  }

  private static SeenVideo failed(String uri) {
    return SeenVideo.of("id-" + uri, uri, "UPLOADING_FAILED", VideoState.UPLOADING_FAILED, null);
  }

  private static SeenVideo pending(String uri) {
    return SeenVideo.of("id-" + uri, uri, "UPLOADING", VideoState.SUBMITTED, null);
  }
}
