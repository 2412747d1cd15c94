package com.nomadicml.beam.api;

import java.time.Duration;

/**
 * A call that would have to wait for longer than its caller may: it may be made again when the gate
 * has room.
 */
public final class HeldBackException extends ApiException {
  private static final long serialVersionUID = 1L;

  private final String reason;

  /**
   * @param status of the last try; 0 when there was none
   * @param reason why it has to wait
   */
  public HeldBackException(int status, Duration wait, String reason) {
    super(Kind.RETRYABLE, status, reason + "; to be sent again in " + wait.toMillis() + " ms");
    this.reason = reason;
  }

  @Override
  public String reason() {
    return reason;
  }
}
