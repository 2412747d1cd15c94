package com.nomadicml.beam.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.beam.sdk.transforms.splittabledofn.SplitResult;
import org.junit.jupiter.api.Test;

class LaneTrackerTest {
  private static final JobProgress OPEN = JobProgress.start(1, 2);

  @Test
  void isCutOffAsAWholeAtItsLastClaim() {
    LaneTracker tracker = new LaneTracker(lane(OPEN, OPEN));
    assertThat(tracker.tryClaim(lane(OPEN.ended(), OPEN))).isTrue();
    SplitResult<LaneProgress> split = tracker.trySplit(0);
    assertThat(split.getResidual()).isEqualTo(lane(OPEN.ended(), OPEN));
    assertThat(split.getPrimary().isDone()).isTrue();
    assertThat(tracker.tryClaim(lane(OPEN.ended(), OPEN.ended()))).isFalse();
    tracker.checkDone();
  }

  @Test
  void isNeverCutInTwo() {
    assertThat(new LaneTracker(lane(OPEN, OPEN)).trySplit(0.5)).isNull();
  }

  @Test
  void nothingIsLeftOfAFinishedLane() {
    LaneTracker tracker = new LaneTracker(lane(OPEN));
    tracker.tryClaim(lane(OPEN.ended()));
    assertThat(tracker.trySplit(0)).isNull();
    tracker.checkDone();
  }

  @Test
  void jobsThatNobodyWillLookAtAreAnError() {
    assertThatThrownBy(new LaneTracker(lane(OPEN))::checkDone)
        .isInstanceOf(IllegalStateException.class);
  }

  private static LaneProgress lane(JobProgress... jobs) {
    return LaneProgress.start(0, jobs.length, List.of(jobs));
  }
}
