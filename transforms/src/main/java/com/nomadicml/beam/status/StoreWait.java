package com.nomadicml.beam.status;

import com.google.common.collect.Comparators;
import com.nomadicml.beam.api.Sleeper;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits until tables that are locked or out of reach are to be tried again; says so at once and
 * every ten seconds.
 *
 * @param tables what people know them by
 */
record StoreWait(String tables, DatabaseOutage outage, Clock clock, Sleeper sleeper) {
  static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final Logger LOG = LoggerFactory.getLogger(StoreWait.class);

  /** The pause after {@code pause}. */
  static Duration next(Duration pause) {
    return Comparators.min(pause.multipliedBy(2), LONGEST_PAUSE);
  }

  /**
   * Waits.
   *
   * @param reason why they can't be used
   * @param patience for how long they are waited for
   * @param source where that is from, in words to end a sentence; empty when there are none
   * @return false, at once, when they have been waited for so long
   */
  boolean pass(String reason, Duration patience, String source, Duration pause)
      throws InterruptedException {
    Instant now = clock.instant();
    Duration left = patience.minus(outage.seen(now));
    if (left.isNegative() || left.isZero()) {
      return false;
    }
    if (outage.isToBeSaid(now)) {
      LOG.warn(
          "Waiting for {}: {}. It is tried again for {}{}",
          tables,
          reason,
          left.truncatedTo(ChronoUnit.SECONDS),
          source);
    }
    sleeper.sleep(Comparators.min(pause, Comparators.min(left, outage.silence(now))));
    return true;
  }

  /** Why it is given up then. */
  static String tooLong(String reason, Duration patience) {
    return reason
        + ", and was waited for as long as --patience="
        + patience
        + " says: once it answers, run again with the same command";
  }
}
