package org.apache.beam.sdk.io.gcp.pubsub;

import com.google.api.client.util.Clock;

/** Opens what Beam keeps for its own tests: its test client asks for its own clock. */
public final class ClockedRead {
  private ClockedRead() {}

  public static <T> PubsubIO.Read<T> of(PubsubIO.Read<T> read, Clock clock) {
    return read.withClock(clock);
  }
}
