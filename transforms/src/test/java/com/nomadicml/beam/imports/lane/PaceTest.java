package com.nomadicml.beam.imports.lane;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.ApiException.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** When a lane may ask, by a clock of the test's. */
class PaceTest {
  private static final Instant START = Instant.parse("2026-11-28T10:00:00Z");
  private static final Request PROBE = new Request.Probe();
  private static final ApiException AWAY = new ApiException(Kind.RETRYABLE, 503, "away");

  private final Pace pace = new Pace(4, Duration.ofHours(2));
  private Instant now = START;

  @Test
  void aPauseOfTheQuotaIsTimeInWhichNothingCouldBeRead() {
    assertThat(pace.couldNotRead(now)).isZero();
    pace.mayAskAt(START.plus(Duration.ofHours(14)));
    assertThat(pace.couldNotRead(now)).isZero();
    now = START.plus(Duration.ofHours(14));
    pace.mayAskAt(now);

    assertThat(pace.couldNotRead(now)).isEqualTo(Duration.ofHours(14));
    now = now.plusSeconds(5);
    assertThat(pace.couldNotRead(now)).isZero();
  }

  @Test
  void aWaitForTheMinuteIsNoPause() {
    pace.couldNotRead(now);
    pace.mayAskAt(START.plusSeconds(50));
    pace.couldNotRead(now);
    now = START.plusSeconds(50);

    assertThat(pace.couldNotRead(now)).isZero();
  }

  @Test
  void anOutageIsTimeInWhichNothingCouldBeRead() {
    pace.couldNotRead(now);
    fail(now);
    now = now.plusSeconds(1);
    assertThat(pace.couldNotRead(now)).isEqualTo(Duration.ofSeconds(1));
    pace.started(PROBE);
    now = now.plusSeconds(2);

    assertThat(pace.answered(PROBE, now)).isEqualTo(Duration.ofSeconds(2));
    now = now.plusSeconds(3);
    assertThat(pace.couldNotRead(now)).isZero();
  }

  @Test
  void aClockThatJumpsEndsNoPatienceAndHoldsNothingUp() {
    Random random = new Random(5);
    pace.couldNotRead(now);
    Duration lived = Duration.ZERO;
    while (lived.compareTo(Duration.ofMinutes(100)) < 0) {
      fail(now);
      Duration jump =
          switch (random.nextInt(4)) {
            case 0 -> Duration.ofDays(1);
            case 1 -> Duration.ofHours(-1);
            default -> Duration.ZERO;
          };
      now = now.plus(jump);
      assertThat(pace.couldNotRead(now)).isEqualTo(jump);
      Instant until = pace.heldUntil(now).orElse(now);
      assertThat(until).isBetween(now, now.plusSeconds(60));
      lived = lived.plus(Duration.between(now, until));
      now = until;
      assertThat(pace.ending()).isEmpty();
    }
  }

  @Test
  void patienceEndsWithATryAndNotBefore() {
    pace.couldNotRead(now);
    while (pace.ending().isEmpty()) {
      fail(now);
      now = pace.heldUntil(now).orElse(now);
    }

    assertThat(Duration.between(START, now))
        .isBetween(Duration.ofHours(2), Duration.ofMinutes(122));
    assertThat(pace.ending()).map(Ending::kind).contains(Ending.Kind.AWAY);
  }

  private void fail(Instant at) {
    pace.started(PROBE);
    pace.failed(PROBE, AWAY, at);
  }
}
