package com.nomadicml.beam.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.nomadicml.beam.api.QuotaSpentException;
import com.nomadicml.beam.api.RequestBudget;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/** How long a gate holds a request back, and when it would rather end the run. */
class LaneGateTest {
  private static final Instant EVENING = Instant.parse("2026-11-25T22:00:00Z");
  private static final Instant AFTER_MIDNIGHT = Instant.parse("2026-11-26T00:00:05Z");

  private Instant now = EVENING;

  @Test
  void anImpatientGateEndsTheRunWhenTheDayIsSpent() throws Exception {
    LaneGate gate = gate(Duration.ofMinutes(15));
    gate.await();

    assertThatExceptionOfType(QuotaSpentException.class)
        .isThrownBy(gate::await)
        .satisfies(spent -> assertThat(spent.until()).isEqualTo(AFTER_MIDNIGHT));
    assertThat(now).isEqualTo(EVENING);
    assertThat(gate.passed()).isEqualTo(1);
  }

  @Test
  void aPatientGateWaitsForTheNextDay() throws Exception {
    LaneGate gate = gate(Duration.ofDays(3_650));
    gate.await();
    gate.await();

    assertThat(now).isEqualTo(AFTER_MIDNIGHT);
    assertThat(gate.passed()).isEqualTo(2);
  }

  @Test
  void aGateThatIsClosedWhileItWaitsLetsNothingThrough() throws Exception {
    LaneGate[] gate = new LaneGate[1];
    gate[0] =
        new LaneGate(
            new RequestBudget(0, 1),
            Duration.ofDays(1),
            clock(),
            wait -> {
              now = now.plus(wait);
              gate[0].close();
            });
    gate[0].await();

    assertThatExceptionOfType(InterruptedException.class).isThrownBy(gate[0]::await);
    assertThat(gate[0].passed()).isEqualTo(1);
  }

  private LaneGate gate(Duration patience) {
    return new LaneGate(new RequestBudget(0, 1), patience, clock(), wait -> now = now.plus(wait));
  }

  private Clock clock() {
    return new Clock() {
      @Override
      public Instant instant() {
        return now;
      }

      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }
    };
  }
}
