package com.nomadicml.beam.api;

import java.time.Instant;

/** The next request would have to wait for so long that the run had better be started again. */
public final class QuotaSpentException extends RequestsEndedException {
  private static final long serialVersionUID = 1L;

  private final Instant until;

  /**
   * @param until when the next request may be sent
   */
  public QuotaSpentException(Instant until) {
    super("the request quota is spent until " + until);
    this.until = until;
  }

  /** When the next request may be sent. */
  public Instant until() {
    return until;
  }
}
