package com.nomadicml.beam.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestBudgetTest {
  private static final Instant START = Instant.parse("2026-11-24T10:00:00Z");
  private static final LocalDate TODAY = LocalDate.parse("2026-11-24");
  private static final Instant MIDNIGHT = Instant.parse("2026-11-25T00:00:00Z");

  @Test
  void noMinuteHoldsMoreThanTheQuota() {
    List<Instant> sent = send(new RequestBudget(60, 0), START, 600);
    for (int i = 60; i < sent.size(); i++) {
      assertThat(Duration.between(sent.get(i - 60), sent.get(i)))
          .isGreaterThan(Duration.ofMinutes(1));
    }
  }

  @Test
  void theQuotaIsUsedUp() {
    List<Instant> sent = send(new RequestBudget(60, 0), START, 600);
    assertThat(Duration.between(START, sent.get(599))).isLessThan(Duration.ofSeconds(9 * 61));
  }

  @Test
  void noLimitNeverWaits() {
    assertThat(send(new RequestBudget(0, 0), START, 1_000)).containsOnly(START);
  }

  @Test
  void retryAfterIsWaitedFor() {
    RequestBudget budget = new RequestBudget(0, 0);
    budget.refused(START, Duration.ofSeconds(17));
    assertThat(budget.reserve(START.plusSeconds(7))).isEqualTo(START.plusSeconds(17));
    assertThat(budget.reserve(START.plusSeconds(18))).isEqualTo(START.plusSeconds(18));
  }

  @Test
  void refusalsWithoutRetryAfterWaitTwiceAsLongEachTime() {
    RequestBudget budget = new RequestBudget(0, 0);
    budget.refused(START, null);
    Duration first = Duration.between(START, budget.reserve(START));
    budget.refused(START, null);
    assertThat(budget.reserve(START)).isEqualTo(START.plus(first.multipliedBy(2)));
  }

  @Test
  void theBudgetRecoversGradually() {
    RequestBudget budget = new RequestBudget(0, 0);
    for (int i = 0; i < 4; i++) {
      budget.refused(START, null);
    }
    budget.accepted();
    Instant later = START.plusSeconds(3_600);
    budget.refused(later, null);
    assertThat(budget.reserve(later)).isEqualTo(later.plusSeconds(16));
  }

  @Test
  void aSpentDayGoesOnAfterMidnight() {
    List<Instant> sent = send(new RequestBudget(0, 100), START, 250);
    assertThat(sent.subList(0, 100)).containsOnly(START);
    assertThat(sent.subList(100, 200)).allMatch(at -> isOn(at, "2026-11-25"));
    assertThat(sent.subList(200, 250)).allMatch(at -> isOn(at, "2026-11-26"));
    assertThat(sent.get(100)).isBetween(MIDNIGHT, MIDNIGHT.plusSeconds(10));
  }

  @Test
  void whatOthersHaveSpentOfTheDayCounts() {
    RequestBudget budget = new RequestBudget(0, 100);
    budget.spentElsewhere(TODAY, 97);
    List<Instant> sent = send(budget, START, 4);
    assertThat(sent.subList(0, 3)).containsOnly(START);
    assertThat(sent.get(3)).isAfter(MIDNIGHT);
    assertThat(budget.spentOn(TODAY.plusDays(1))).isEqualTo(1);
  }

  @Test
  void anotherDaysSpendingIsForgotten() {
    RequestBudget budget = new RequestBudget(0, 100);
    budget.spentElsewhere(TODAY.minusDays(1), 100);
    assertThat(send(budget, START, 100)).containsOnly(START);
    budget.spentElsewhere(TODAY.minusDays(1), 100);
    assertThat(budget.spentOn(TODAY)).isEqualTo(100);
  }

  @Test
  void aClockThatIsSetBackCostsAMinuteAtMost() {
    RequestBudget budget = new RequestBudget(60, 0);
    send(budget, START, 60);
    Instant back = START.minus(Duration.ofHours(3));
    assertThat(budget.next(back)).isBetween(back, back.plusSeconds(61));
  }

  @Test
  void aClockThatIsSetBackOverMidnightGivesNoDayBack() {
    RequestBudget budget = new RequestBudget(0, 10);
    send(budget, MIDNIGHT.plusSeconds(60), 10);
    Instant back = MIDNIGHT.minusSeconds(60);
    budget.reserve(back);
    assertThat(budget.next(MIDNIGHT.plusSeconds(60))).isAfter(MIDNIGHT.plus(Duration.ofDays(1)));
  }

  @Test
  void aClockThatIsSetBackMakesNoPauseLonger() {
    RequestBudget budget = new RequestBudget(0, 0);
    budget.next(START);
    budget.holdBack(START, Duration.ofSeconds(30));
    Instant back = START.minus(Duration.ofHours(1));
    assertThat(budget.next(back)).isEqualTo(back.plusSeconds(30));
  }

  @Test
  void aClockThatJumpsAheadIsFollowed() {
    RequestBudget budget = new RequestBudget(60, 0);
    send(budget, START, 60);
    Instant ahead = START.plus(Duration.ofHours(3));
    assertThat(budget.next(ahead)).isEqualTo(ahead);
  }

  /** Sends one after the other, each as early as the budget lets it. */
  private static List<Instant> send(RequestBudget budget, Instant start, int requests) {
    List<Instant> sent = new ArrayList<>();
    Instant now = start;
    for (int i = 0; i < requests; i++) {
      now = budget.next(now);
      sent.add(budget.reserve(now));
    }
    return sent;
  }

  private static boolean isOn(Instant at, String day) {
    return RequestBudget.dayOf(at).equals(LocalDate.parse(day));
  }
}
