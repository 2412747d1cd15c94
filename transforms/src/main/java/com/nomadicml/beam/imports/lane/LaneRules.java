package com.nomadicml.beam.imports.lane;

import com.nomadicml.beam.imports.OnUnknownSubmit;
import java.io.Serializable;
import java.time.Duration;

/**
 * What the user has decided about a lane.
 *
 * @param requestsAtOnce requests in flight at most
 * @param pageSize rows to ask for, or {@code JobReader.AUTO_PAGE_SIZE}
 * @param rowsAPage about how many rows a page has
 * @param canary whether some items of a target go ahead of the others
 * @param failureThreshold percent of finished items that may fail; 0 for any
 * @param maxAttempts how often an item is imported in all
 * @param awaitTimeout how long a job is waited for, of the time in which it could be read
 * @param patience how long an API or a database that is away is waited for
 * @param isEndless whether there may always be more to do, as in a stream
 */
public record LaneRules(
    String runId,
    int requestsAtOnce,
    int pageSize,
    int rowsAPage,
    boolean canary,
    double failureThreshold,
    int maxAttempts,
    OnUnknownSubmit onUnknown,
    Duration awaitTimeout,
    Duration patience,
    boolean isEndless)
    implements Serializable {
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  /** Those of a lane that ends when all that is planned has come to its end. */
  public LaneRules(
      String runId,
      int requestsAtOnce,
      int pageSize,
      int rowsAPage,
      boolean canary,
      double failureThreshold,
      int maxAttempts,
      OnUnknownSubmit onUnknown,
      Duration awaitTimeout,
      Duration patience) {
    this(
        runId,
        requestsAtOnce,
        pageSize,
        rowsAPage,
        canary,
        failureThreshold,
        maxAttempts,
        onUnknown,
        awaitTimeout,
        patience,
        false);
  }

  /** The same for a lane that waits for more to do, and for whatever is away. */
  public LaneRules endless() {
    return new LaneRules(
        runId,
        requestsAtOnce,
        pageSize,
        rowsAPage,
        canary,
        failureThreshold,
        maxAttempts,
        onUnknown,
        awaitTimeout,
        FOR_EVER,
        true);
  }
}
