package com.nomadicml.beam.imports;

import com.nomadicml.beam.api.RequestBudget;
import java.io.Serializable;
import java.time.Duration;
import java.time.LocalDate;

/**
 * What a run may spend.
 *
 * @param perMinute requests in any minute; 0 for no limit
 * @param perDay requests in any day (UTC); 0 for no limit
 * @param patience how long a request is held back at most; beyond, the run ends
 * @param day the day on which {@code spentToday} were spent
 * @param spentToday requests that earlier runs have spent on {@code day}
 */
public record RequestQuota(
    int perMinute, int perDay, Duration patience, LocalDate day, long spentToday)
    implements Serializable {

  /** No limit at all. */
  public static RequestQuota unlimited() {
    return new RequestQuota(0, 0, Duration.ofMinutes(15), LocalDate.MIN, 0);
  }

  RequestBudget budget() {
    RequestBudget budget = new RequestBudget(perMinute, perDay);
    budget.spentElsewhere(day, spentToday);
    return budget;
  }
}
