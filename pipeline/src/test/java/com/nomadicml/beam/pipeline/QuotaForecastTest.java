package com.nomadicml.beam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.api.RequestBudget;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When requests end under the quota. */
class QuotaForecastTest {
  private static final Instant NOON = Instant.parse("2026-11-25T12:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "60, 10000, 1, 0",
    "60, 10000, 60, 0",
    "60, 10000, 61, 0",
    "60, 10000, 9999, 0",
    "60, 10000, 10000, 10",
    "60, 500, 1300, 100",
    "7, 50, 333, 13",
    "0, 50, 120, 0",
    "60, 0, 700, 0",
    "0, 0, 700, 0",
  })
  void endsWhenTheBudgetLetsTheLastRequestThrough(
      int perMinute, int perDay, int requests, long spentToday) {
    RequestBudget budget = new RequestBudget(perMinute, perDay);
    budget.spentElsewhere(RequestBudget.dayOf(NOON), spentToday);
    Instant now = NOON;
    for (int i = 0; i < requests; i++) {
      now = budget.next(now);
      budget.reserve(now);
    }

    assertThat(new QuotaForecast(perMinute, perDay).end(requests, spentToday, NOON)).isEqualTo(now);
  }

  @Test
  void nothingTakesNoTime() {
    assertThat(new QuotaForecast(60, 10_000).end(0, 10_000, NOON)).isEqualTo(NOON);
  }

  @Test
  void countsTheDaysOnWhichRequestsAreSent() {
    QuotaForecast quota = new QuotaForecast(60, 10_000);

    assertThat(quota.days(9_000, 0, NOON)).isEqualTo(1);
    assertThat(quota.days(10_001, 0, NOON)).isEqualTo(2);
    assertThat(quota.days(25_000, 9_000, NOON)).isEqualTo(4);
  }

  @Test
  void aDayThatEndsBeforeItsQuotaCostsNoMoreThanItsMinutes() {
    Instant lateEvening = Instant.parse("2026-11-25T23:50:00Z");

    Instant end = new QuotaForecast(60, 10_000).end(1_200, 0, lateEvening);

    assertThat(Duration.between(lateEvening, end))
        .isBetween(Duration.ofMinutes(19), Duration.ofMinutes(20));
  }
}
