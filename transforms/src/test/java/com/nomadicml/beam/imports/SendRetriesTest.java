package com.nomadicml.beam.imports;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class SendRetriesTest {
  private static final Instant NOW = Instant.parse("2026-11-26T10:00:00Z");

  private final SendRetries retries = new SendRetries();

  @Test
  void aBatchIsSentAgainSoonAndThenLessAndLessOften() {
    for (int i = 1; i < 5; i++) {
      retries.cameBack("a", NOW);
      assertThat(retries.isDue("a", NOW)).isTrue();
      assertThat(retries.isLast("a")).isFalse();
    }
    for (int seconds : new int[] {30, 60, 120, 240, 480, 480}) {
      retries.cameBack("a", NOW);
      assertThat(retries.isLast("a")).isTrue();
      assertThat(retries.isDue("a", NOW.plusSeconds(seconds).minusMillis(1))).isFalse();
      assertThat(retries.isDue("a", NOW.plusSeconds(seconds))).isTrue();
    }
    assertThat(retries.untilNext(NOW)).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void aBatchThatIsDoneIsNewAgain() {
    for (int i = 0; i < 9; i++) {
      retries.cameBack("a", NOW);
    }
    retries.done("a");
    assertThat(retries.isDue("a", NOW)).isTrue();
    assertThat(retries.isLast("a")).isFalse();
  }

  /** Else a timer would be set to no pause at all, again and again. */
  @Test
  void whatIsNotInTheLaneAnyMoreIsNotWaitedFor() {
    retries.cameBack("sent by another worker", NOW.minusSeconds(60));
    for (int i = 0; i < 5; i++) {
      retries.cameBack("a", NOW);
    }
    assertThat(retries.untilNext(NOW)).isZero();

    retries.keepOnly(List.of("a", "b"));

    assertThat(retries.untilNext(NOW)).isEqualTo(Duration.ofSeconds(30));
    assertThat(retries.isLast("a")).isTrue();
  }
}
