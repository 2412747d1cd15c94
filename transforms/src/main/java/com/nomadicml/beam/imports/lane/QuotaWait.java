package com.nomadicml.beam.imports.lane;

import com.nomadicml.beam.imports.Outage;
import java.time.Duration;
import java.time.Instant;
import javax.annotation.Nullable;

/** How long a lane has waited for the quota, until somebody reports it. */
final class QuotaWait {
  private long millis;

  /** Null while it does not wait. */
  @Nullable private Instant since;

  /** Takes note of whether the lane waits. */
  synchronized void seen(boolean isWaiting, Instant now) {
    Duration passed = since == null ? Duration.ZERO : Duration.between(since, now);
    millis += Outage.isJump(passed) ? 0 : passed.toMillis();
    since = isWaiting ? now : null;
  }

  /** Milliseconds since the last call. */
  synchronized long take() {
    long taken = millis;
    millis = 0;
    return taken;
  }
}
