package com.nomadicml.beam.emulator;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;

/** The published limits as sliding windows. A refused request is not counted. */
final class Quota {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration DAY = Duration.ofDays(1);

  private final EmulatorOptions options;
  private final Clock clock;
  private final ArrayDeque<Long> sent = new ArrayDeque<>();
  private final ArrayDeque<Long> lastMinute = new ArrayDeque<>();
  private int mostInAMinute;

  Quota(EmulatorOptions options, Clock clock) {
    this.options = options;
    this.clock = clock;
  }

  /** Takes one request, or says how long to wait; null when it was taken. */
  synchronized Duration take() {
    long now = clock.millis();
    forget(sent, now - DAY.toMillis());
    forget(lastMinute, now - MINUTE.toMillis());
    if (options.requestsPerMinute > 0 && lastMinute.size() >= options.requestsPerMinute) {
      return Duration.ofMillis(lastMinute.peekFirst() + MINUTE.toMillis() - now);
    }
    if (options.requestsPerDay > 0 && sent.size() >= options.requestsPerDay) {
      return Duration.ofMillis(sent.peekFirst() + DAY.toMillis() - now);
    }
    sent.addLast(now);
    lastMinute.addLast(now);
    mostInAMinute = Math.max(mostInAMinute, lastMinute.size());
    return null;
  }

  synchronized int mostInAMinute() {
    return mostInAMinute;
  }

  private static void forget(ArrayDeque<Long> times, long until) {
    while (!times.isEmpty() && times.peekFirst() <= until) {
      times.removeFirst();
    }
  }
}
