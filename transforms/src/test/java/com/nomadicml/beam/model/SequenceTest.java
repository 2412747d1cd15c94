package com.nomadicml.beam.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class SequenceTest {
  private static final Instant EARLY = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant LATE = Instant.parse("2199-12-31T23:59:59.999Z");
  private static final long LAST_MILLI = (1L << 48) - 1;

  @Test
  void aLaterAttemptWinsOverAnyStageAndTime() {
    assertThat(Sequence.of(2, 0, EARLY)).isGreaterThan(Sequence.of(1, 3, LATE));
  }

  @Test
  void aLaterStageWinsOverAnyTime() {
    assertThat(Sequence.of(1, VideoState.UPLOADED.rank(), EARLY))
        .isGreaterThan(Sequence.of(1, VideoState.SUBMITTED.rank(), LATE));
  }

  @Test
  void ofOneStageTheLastTimeWins() {
    assertThat(Sequence.of(1, 2, EARLY.plusMillis(1))).isGreaterThan(Sequence.of(1, 2, EARLY));
    assertThat(Sequence.of(1, 2, EARLY)).isEqualTo(Sequence.of(1, 2, EARLY));
  }

  @Test
  void everyRankOfAStateHasRoom() {
    for (VideoState state : VideoState.values()) {
      assertThat(Sequence.of(0, state.rank(), LATE)).isLessThan(Sequence.of(1, 0, EARLY));
    }
    for (JobState state : JobState.values()) {
      assertThat(Sequence.of(0, state.rank(), LATE)).isLessThan(Sequence.of(1, 0, EARLY));
    }
  }

  @Property
  void theOrderIsThatOfAttemptStageAndTime(
      @ForAll @IntRange(max = 2_047) int attempt,
      @ForAll @IntRange(max = 15) int rank,
      @ForAll @LongRange(max = LAST_MILLI) long at,
      @ForAll @IntRange(max = 2_047) int otherAttempt,
      @ForAll @IntRange(max = 15) int otherRank,
      @ForAll @LongRange(max = LAST_MILLI) long otherAt) {
    int expected = Integer.compare(attempt, otherAttempt);
    if (expected == 0) {
      expected = Integer.compare(rank, otherRank);
    }
    if (expected == 0) {
      expected = Long.compare(at, otherAt);
    }
    long sequence = Sequence.of(attempt, rank, Instant.ofEpochMilli(at));
    long other = Sequence.of(otherAttempt, otherRank, Instant.ofEpochMilli(otherAt));
    assertThat(sequence).isNotNegative();
    assertThat(Long.compare(sequence, other)).isEqualTo(expected);
  }
}
