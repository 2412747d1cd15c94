package com.nomadicml.beam.api;

import java.io.Serializable;
import java.time.Duration;
import java.util.Optional;

/** Opens the API where it is called: on a worker. Holds no key, only where the key is found. */
public interface NomadicApiFactory extends Serializable {

  /** For threads that have nothing else to do. */
  Duration UNLIMITED = Duration.ofSeconds(Long.MAX_VALUE);

  /** The API as lane {@code lane} may use it: within the quota. */
  default NomadicApi open(int lane) {
    return open(lane, UNLIMITED);
  }

  /**
   * The same for a thread that has other things to do: what has to wait for longer than {@code
   * longestWait} fails with {@link HeldBackException}.
   */
  NomadicApi open(int lane, Duration longestWait);

  /**
   * Lets no request of the run through any more in this process: each ends with {@link
   * RunStoppedException}. The first reason stays.
   */
  void stop(String reason);

  /** Why the run was stopped in this process, if it was. */
  Optional<String> stopReason();
}
