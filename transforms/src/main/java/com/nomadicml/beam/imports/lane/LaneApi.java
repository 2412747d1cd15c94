package com.nomadicml.beam.imports.lane;

import com.nomadicml.beam.api.NomadicApi;
import java.time.Duration;
import java.time.Instant;

/** The API as a lane may use it. */
public interface LaneApi {

  /** Its calls may be made side by side. */
  NomadicApi client();

  /**
   * When the quota has room for the next request, {@code now} or later.
   *
   * @param before requests that precede it, and were not let through yet
   */
  Instant nextRequestAt(Instant now, int before);

  /** Requests that the quota has let through so far. */
  long requestsSent();

  /** How long a request waits for the quota at most; when it has to wait longer, the lane ends. */
  Duration quotaPatience();
}
