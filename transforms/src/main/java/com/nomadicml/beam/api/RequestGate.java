package com.nomadicml.beam.api;

import java.time.Duration;
import javax.annotation.Nullable;

/** What every request passes before it is sent, retries included: the one budget of a run. */
public interface RequestGate {

  /**
   * Waits until the next request may be sent.
   *
   * @throws HeldBackException if that is longer than the caller {@link #mayWait}
   */
  void await() throws InterruptedException, HeldBackException;

  /**
   * Whether the caller's thread has the time to wait for so long. When it has not, the call fails
   * with {@link HeldBackException}, after the gate was told to {@link #holdBack}.
   */
  default boolean mayWait(Duration wait) {
    return true;
  }

  /**
   * Tells that the API answered 429.
   *
   * @param retryAfter what it asked for, however long, or null when it did not say
   */
  void slowDown(@Nullable Duration retryAfter);

  /** Whether it makes the next request wait after {@link #slowDown}, however long. */
  default boolean isPatient() {
    return false;
  }

  /** Asks for a pause before the next request: the API is in trouble. */
  default void holdBack(Duration pause) {}

  /** Tells that the API answered otherwise. */
  default void recover() {}

  /**
   * Tells how one try of a request ended.
   *
   * @param status of HTTP, or 0 where no answer came
   */
  default void answered(ApiRoute route, int status) {}

  /** A gate that lets everything pass at once. */
  static RequestGate open() {
    return new RequestGate() {
      @Override
      public void await() {}

      @Override
      public void slowDown(@Nullable Duration retryAfter) {}
    };
  }
}
