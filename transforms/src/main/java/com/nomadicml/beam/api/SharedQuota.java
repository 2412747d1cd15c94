package com.nomadicml.beam.api;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What all senders of an account have taken of its quota, as arithmetic: who wants to send takes
 * some seconds of requests ahead, and tells at the next time how many it has sent.
 *
 * @param day of the last requests (UTC)
 * @param spent requests on it
 * @param sent when requests of the last minute were sent
 * @param granted what senders have taken and not told of, by sender
 * @param notBefore nothing is sent earlier, as the API has asked
 */
public record SharedQuota(
    LocalDate day, long spent, List<Instant> sent, Map<String, Grant> granted, Instant notBefore) {

  /** How far ahead requests are taken, if nobody says otherwise. */
  public static final Duration AHEAD = Duration.ofSeconds(10);

  /** What is taken at once where no minute is limited. */
  private static final int MANY = 100;

  /**
   * Requests that a sender may send.
   *
   * @param until then, or they count as sent
   */
  public record Grant(Instant until, int requests) {}

  /**
   * What an account allows; 0 for no limit.
   *
   * @param ahead how far ahead requests are taken
   */
  public record Limits(int perMinute, long perDay, Duration ahead) {
    public Limits(int perMinute, long perDay) {
      this(perMinute, perDay, AHEAD);
    }

    /** What may be taken at once. */
    long share() {
      long shares = RequestBudget.WINDOW.dividedBy(ahead);
      return perMinute == 0 ? MANY : Math.max(1, perMinute / shares);
    }
  }

  /**
   * What a sender has got.
   *
   * @param grant of no request when there is none, and then until when
   * @param after the quota after it
   */
  public record Taken(Grant grant, SharedQuota after) {}

  /** A quota of which nothing was taken. */
  public static SharedQuota untouched() {
    return new SharedQuota(LocalDate.EPOCH, 0, List.of(), Map.of(), Instant.EPOCH);
  }

  /**
   * Takes requests for a sender, who tells what became of those before.
   *
   * @param told when it has sent those, in any order
   * @param asked when the API wants to be asked again, as far as the sender knows
   */
  public Taken take(String sender, List<Instant> told, Instant asked, Limits limits, Instant now) {
    SharedQuota known = tell(sender, told, now).expire(now);
    Instant free = asked.isAfter(known.notBefore()) ? asked : known.notBefore();
    SharedQuota quota =
        new SharedQuota(known.day(), known.spent(), known.sent(), known.granted(), free);
    if (free.isAfter(now)) {
      return new Taken(new Grant(free, 0), quota);
    }
    long taken = quota.granted().values().stream().mapToLong(Grant::requests).sum();
    long ofDay = limits.perDay() == 0 ? MANY : limits.perDay() - quota.spent() - taken;
    long ofMinute =
        limits.perMinute() == 0 ? MANY : limits.perMinute() - quota.sent().size() - taken;
    int requests = (int) Math.min(limits.share(), Math.min(ofDay, ofMinute));
    if (requests < 1) {
      boolean isDay = limits.perDay() > 0 && limits.perDay() <= quota.spent();
      return new Taken(new Grant(isDay ? quota.tomorrow() : quota.nextFree(now), 0), quota);
    }
    Grant grant = new Grant(now.plus(limits.ahead()), requests);
    Map<String, Grant> next = new LinkedHashMap<>(quota.granted());
    next.put(sender, grant);
    return new Taken(grant, new SharedQuota(quota.day(), quota.spent(), quota.sent(), next, free));
  }

  /** A sender tells what it has sent, and gives back what it has not. */
  public SharedQuota tell(String sender, List<Instant> told, Instant now) {
    Map<String, Grant> others = new LinkedHashMap<>(granted);
    others.remove(sender);
    return with(told, others, now);
  }

  /** What was taken and not told of in time counts as sent. */
  private SharedQuota expire(Instant now) {
    List<Instant> lost = new ArrayList<>();
    Map<String, Grant> alive = new LinkedHashMap<>();
    granted.forEach(
        (sender, grant) -> {
          if (grant.until().isBefore(now)) {
            for (int i = 0; i < grant.requests(); i++) {
              lost.add(grant.until());
            }
          } else {
            alive.put(sender, grant);
          }
        });
    return with(lost, alive, now);
  }

  private SharedQuota with(List<Instant> more, Map<String, Grant> grants, Instant now) {
    LocalDate today = RequestBudget.dayOf(now);
    LocalDate nextDay = today.isAfter(day) ? today : day;
    long before = nextDay.equals(day) ? spent : 0;
    long ofTheDay = more.stream().filter(at -> RequestBudget.dayOf(at).equals(nextDay)).count();
    List<Instant> recent = new ArrayList<>();
    for (List<Instant> some : List.of(sent, more)) {
      for (Instant at : some) {
        // A clock that was set back has sent nothing ahead of it.
        if (at.isAfter(now.minus(RequestBudget.WINDOW))
            && at.isBefore(now.plus(RequestBudget.WINDOW))) {
          recent.add(at);
        }
      }
    }
    return new SharedQuota(nextDay, before + ofTheDay, recent, grants, notBefore);
  }

  private Instant tomorrow() {
    return day.plusDays(1)
        .atStartOfDay(ZoneOffset.UTC)
        .toInstant()
        .plus(RequestBudget.AFTER_MIDNIGHT);
  }

  /** When the first request leaves the minute, or the first grant ends. */
  private Instant nextFree(Instant now) {
    Instant next = now.plus(AHEAD);
    for (Instant at : sent) {
      Instant left = at.plus(RequestBudget.WINDOW);
      next = left.isBefore(next) ? left : next;
    }
    for (Grant grant : granted.values()) {
      next = grant.until().isBefore(next) ? grant.until() : next;
    }
    return next.isAfter(now) ? next : now.plusMillis(1);
  }
}
