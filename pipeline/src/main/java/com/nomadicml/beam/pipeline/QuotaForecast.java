package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.api.RequestBudget;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * How long requests take under the quota: the arithmetic of {@link RequestBudget} without counting
 * them one by one.
 *
 * @param perMinute requests in any minute; 0 for no limit
 * @param perDay requests in any day (UTC); 0 for no limit
 */
record QuotaForecast(int perMinute, int perDay) {

  /**
   * When the last of {@code requests} may be sent.
   *
   * @param spentToday requests that were spent on the day of {@code now}
   */
  Instant end(long requests, long spentToday, Instant now) {
    Instant start = now;
    long left = requests;
    if (perDay > 0) {
      long free = Math.max(0, perDay - spentToday);
      while (left > free) {
        left -= free;
        free = perDay;
        start = startOfNextDay(start);
      }
    }
    return start.plus(inOneDay(left));
  }

  /** Days (UTC) on which requests are sent. */
  long days(long requests, long spentToday, Instant now) {
    LocalDate first = RequestBudget.dayOf(now);
    LocalDate last = RequestBudget.dayOf(end(requests, spentToday, now));
    return last.toEpochDay() - first.toEpochDay() + 1;
  }

  /** A full minute's requests go out at once, and the next ones as the first ones' minute ends. */
  private Duration inOneDay(long requests) {
    if (perMinute == 0 || requests <= 0) {
      return Duration.ZERO;
    }
    return RequestBudget.WINDOW.multipliedBy((requests - 1) / perMinute);
  }

  private static Instant startOfNextDay(Instant instant) {
    return RequestBudget.dayOf(instant)
        .plusDays(1)
        .atStartOfDay(ZoneOffset.UTC)
        .toInstant()
        .plus(RequestBudget.AFTER_MIDNIGHT);
  }
}
