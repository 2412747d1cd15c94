package com.nomadicml.beam.imports;

import com.google.common.math.LongMath;
import com.nomadicml.beam.api.RequestBudget;
import java.io.Serializable;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.LocalDate;

/**
 * What a run may spend, and how its lanes share it.
 *
 * @param perMinute requests in any minute; 0 for no limit
 * @param perDay requests in any day (UTC); 0 for no limit
 * @param lanes each has an equal share
 * @param patience how long a request is held back at most; beyond, the run ends
 * @param day the day on which {@code spentToday} were spent
 * @param spentToday requests that earlier runs have spent on {@code day}
 */
public record RequestQuota(
    int perMinute, int perDay, int lanes, Duration patience, LocalDate day, long spentToday)
    implements Serializable {

  /** No limit at all. */
  public static RequestQuota unlimited() {
    return new RequestQuota(0, 0, 1, Duration.ofMinutes(15), LocalDate.MIN, 0);
  }

  RequestBudget budgetOfALane() {
    RequestBudget budget = new RequestBudget(share(perMinute), share(perDay));
    budget.spentElsewhere(day, shareOf(spentToday));
    return budget;
  }

  /**
   * A lane's share of requests that were spent elsewhere: rounded up, so that none is forgotten.
   */
  long shareOf(long requests) {
    return LongMath.divide(requests, lanes, RoundingMode.CEILING);
  }

  private int share(int limit) {
    return limit == 0 ? 0 : Math.max(1, limit / lanes);
  }
}
