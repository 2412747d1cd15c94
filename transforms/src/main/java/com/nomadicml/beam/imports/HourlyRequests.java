package com.nomadicml.beam.imports;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;

/** Counts how requests were answered, by hour. */
final class HourlyRequests {
  private static final int RATE_REFUSED = 429;
  private static final int SERVER_ERROR = 500;

  private final Map<Instant, HourOfRequests> byHour = new TreeMap<>();

  /**
   * One request has ended.
   *
   * @param status of HTTP, or 0 where no answer came
   */
  synchronized void answered(Instant at, int status) {
    HourOfRequests one =
        new HourOfRequests(
            1, status == RATE_REFUSED ? 1 : 0, status == 0 || status >= SERVER_ERROR ? 1 : 0);
    byHour.merge(at.truncatedTo(ChronoUnit.HOURS), one, HourOfRequests::plus);
  }

  synchronized Map<Instant, HourOfRequests> all() {
    return new TreeMap<>(byHour);
  }
}
