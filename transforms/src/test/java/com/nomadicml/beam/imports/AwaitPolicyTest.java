package com.nomadicml.beam.imports;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.imports.AwaitPolicy.Look;
import com.nomadicml.beam.imports.AwaitPolicy.Step;
import com.nomadicml.beam.model.ImportJob;
import com.nomadicml.beam.model.SeenVideo;
import com.nomadicml.beam.model.VideoState;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class AwaitPolicyTest {
  private static final Instant START = Instant.parse("2026-11-24T10:00:00Z");

  private final AwaitPolicy policy = new AwaitPolicy(Duration.ofHours(6));
  private Instant now = START.plusSeconds(2);

  @Test
  void aJobWhoseItemsAreAllSeenAndTerminalIsDone() {
    ImportJob job = job("a", "b");
    JobProgress progress = start(job);
    progress = policy.after(job, progress, "", look(null, uploaded("a"), failed("b")), now);
    assertThat(progress.done()).isTrue();
  }

  @Test
  void aDuplicatedRowDoesNotStandForAnItemNotSeen() {
    ImportJob job = job("a", "b");
    JobProgress progress =
        policy.after(
            job,
            start(job),
            "",
            look(
                null,
                uploaded("a"),
                SeenVideo.of("id2", "a", "UPLOADED", VideoState.UPLOADED, null)),
            now);
    assertThat(progress.done()).isFalse();
    assertThat(progress.known()).isFalse();
  }

  @Test
  void aJobNotKnownIsReadFromItsFirstPageAgain() {
    ImportJob job = job("a", "b", "c");
    LaneProgress lane = policy.start(List.of(job));
    lane = lane.with(0, policy.after(job, lane.job(0), "", look("a", uploaded("a")), now));
    assertThat(policy.next(lane, now)).isEqualTo(new Step(0, "a", Duration.ZERO));
    lane = lane.with(0, policy.after(job, lane.job(0), "a", look(null, uploaded("c")), now));
    assertThat(policy.next(lane, now).isWait()).isTrue();
    assertThat(policy.next(lane, now.plusSeconds(60))).isEqualTo(new Step(0, "", Duration.ZERO));
  }

  @Test
  void onceKnownOnlyPagesWithPendingRowsAreReadAgain() {
    ImportJob job = job("a", "b", "c");
    LaneProgress lane = policy.start(List.of(job));
    lane = lane.with(0, policy.after(job, lane.job(0), "", look("a", uploaded("a")), now));
    lane = lane.with(0, policy.after(job, lane.job(0), "a", look("b", pending("b")), now));
    lane = lane.with(0, policy.after(job, lane.job(0), "b", look(null, uploaded("c")), now));
    assertThat(lane.job(0).known()).isTrue();
    assertThat(lane.job(0).pendingPages()).containsExactly("a");
    now = now.plusSeconds(60);
    assertThat(policy.next(lane, now)).isEqualTo(new Step(0, "a", Duration.ZERO));
    lane = lane.with(0, policy.after(job, lane.job(0), "a", look("b", uploaded("b")), now));
    assertThat(lane.isDone()).isTrue();
  }

  @Test
  void aCursorThatLoopsEndsThePass() {
    ImportJob job = job("a", "b", "c");
    LaneProgress lane = policy.start(List.of(job));
    lane = lane.with(0, policy.after(job, lane.job(0), "", look("a", uploaded("a")), now));
    lane = lane.with(0, policy.after(job, lane.job(0), "a", look("a", uploaded("b")), now));
    assertThat(lane.job(0).pass()).isNull();
    assertThat(lane.job(0).done()).isFalse();
  }

  @Test
  void strangeRowsEndAJobOnlyAfterItHasBeenQuiet() {
    ImportJob job = job("a");
    JobProgress progress = start(job);
    Look strange = look(null, uploaded("a"), uploaded("foreign"));
    int looks = 0;
    while (!progress.done()) {
      progress = policy.after(job, progress, "", strange, now);
      now = now.plusSeconds(10);
      looks++;
      assertThat(looks).isLessThan(10);
    }
    assertThat(Duration.between(START, now)).isGreaterThan(Duration.ofSeconds(30));
  }

  @Test
  void aMissingRowKeepsAJobOpen() {
    ImportJob job = job("a", "b");
    JobProgress progress = start(job);
    for (int i = 0; i < 50; i++) {
      progress = policy.after(job, progress, "", look(null, uploaded("a")), now);
      now = now.plusSeconds(60);
    }
    assertThat(progress.done()).isFalse();
  }

  @Test
  void theJobThatIsDueFirstIsLookedAtFirst() {
    LaneProgress lane = policy.start(List.of(job("a"), job("b")));
    lane = lane.with(0, lane.job(0).lookAgainAt(now.plusSeconds(5).toEpochMilli()));
    assertThat(policy.next(lane, now).job()).isEqualTo(1);
    lane = lane.with(1, lane.job(1).ended());
    assertThat(policy.next(lane, now).pause()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void aFailedLookIsTriedAgainLaterFromTheFirstPage() {
    ImportJob job = job("a", "b");
    LaneProgress lane = policy.start(List.of(job));
    lane = lane.with(0, policy.after(job, lane.job(0), "", look("a", uploaded("a")), now));
    lane = lane.with(0, policy.afterFailure(job, lane.job(0), now));
    assertThat(policy.next(lane, now).isWait()).isTrue();
    assertThat(policy.next(lane, now.plusSeconds(60)).cursor()).isEmpty();
  }

  private JobProgress start(ImportJob job) {
    return policy.start(List.of(job)).job(0);
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
