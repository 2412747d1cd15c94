package com.nomadicml.beam.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestBudgetTest {
  private static final Instant START = Instant.parse("2026-11-24T10:00:00Z");

  @Test
  void noMinuteHoldsMoreThanTheQuota() {
    RequestBudget budget = new RequestBudget(60);
    List<Instant> sent = new ArrayList<>();
    Instant now = START;
    for (int i = 0; i < 600; i++) {
      now = now.plus(budget.reserve(now));
      sent.add(now);
    }
    for (int i = 60; i < sent.size(); i++) {
      assertThat(Duration.between(sent.get(i - 60), sent.get(i)))
          .isGreaterThan(Duration.ofMinutes(1));
    }
  }

  @Test
  void theQuotaIsUsedUp() {
    RequestBudget budget = new RequestBudget(60);
    Instant now = START;
    for (int i = 0; i < 600; i++) {
      now = now.plus(budget.reserve(now));
    }
    assertThat(Duration.between(START, now)).isLessThan(Duration.ofSeconds(9 * 61));
  }

  @Test
  void noLimitNeverWaits() {
    RequestBudget budget = new RequestBudget(0);
    for (int i = 0; i < 1_000; i++) {
      assertThat(budget.reserve(START)).isZero();
    }
  }

  @Test
  void retryAfterIsWaitedFor() {
    RequestBudget budget = new RequestBudget(0);
    budget.refused(START, Duration.ofSeconds(17));
    assertThat(budget.reserve(START.plusSeconds(7))).isEqualTo(Duration.ofSeconds(10));
    assertThat(budget.reserve(START.plusSeconds(17))).isZero();
  }

  @Test
  void refusalsWithoutRetryAfterWaitTwiceAsLongEachTime() {
    RequestBudget budget = new RequestBudget(0);
    budget.refused(START, null);
    Duration first = budget.reserve(START);
    budget.refused(START, null);
    assertThat(budget.reserve(START)).isEqualTo(first.multipliedBy(2));
  }

  @Test
  void theBudgetRecoversGradually() {
    RequestBudget budget = new RequestBudget(0);
    for (int i = 0; i < 4; i++) {
      budget.refused(START, null);
    }
    budget.accepted();
    Instant later = START.plusSeconds(3_600);
    budget.refused(later, null);
    assertThat(budget.reserve(later)).isEqualTo(Duration.ofSeconds(16));
  }
}
