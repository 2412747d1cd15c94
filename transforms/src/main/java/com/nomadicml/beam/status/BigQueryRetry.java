package com.nomadicml.beam.status;

import com.nomadicml.beam.api.Sleeper;
import java.io.Serializable;
import java.time.Clock;
import java.time.Duration;

/**
 * Tries what may be done twice again while BigQuery is away; says so, and gives up when patience is
 * at its end.
 *
 * @param tables what people know the dataset by
 * @param patience how long it is waited for
 */
record BigQueryRetry(String tables, Duration patience, Clock clock, Sleeper sleeper)
    implements Serializable {
  /** What is tried. */
  @FunctionalInterface
  interface Action<R> {
    R run() throws Exception;
  }

  static BigQueryRetry of(String tables, Duration patience) {
    return new BigQueryRetry(tables, patience, Clock.systemUTC(), Sleeper.real());
  }

  /** The same for writes, which have a service of their own: one may be away without the other. */
  BigQueryRetry ofWrites() {
    return new BigQueryRetry(tables + " (writes)", patience, clock, sleeper);
  }

  /**
   * Runs an action until it succeeds.
   *
   * @param what it does, after "could not"
   * @throws StatusStoreException when BigQuery was away until patience was at its end
   * @throws Exception what else the action throws
   */
  <R> R run(String what, Action<R> action) throws Exception {
    DatabaseOutage outage = DatabaseOutage.of(tables);
    StoreWait wait = new StoreWait(tables, outage, clock, sleeper);
    Duration pause = StoreWait.FIRST_PAUSE;
    while (true) {
      try {
        R result = action.run();
        outage.isOver();
        return result;
      } catch (Exception e) { // what Beam's services are declared to throw
        String reason = BigQueryOutage.reason(e).orElseThrow(() -> e);
        if (!wait.pass(reason, patience, " (--patience=" + patience + ")", pause)) {
          throw new StatusStoreException(
              "could not " + what + " at " + tables + ": " + StoreWait.tooLong(reason, patience),
              e);
        }
        pause = StoreWait.next(pause);
      }
    }
  }
}
