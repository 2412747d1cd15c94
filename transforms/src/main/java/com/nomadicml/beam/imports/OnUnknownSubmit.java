package com.nomadicml.beam.imports;

/** What to do about a request whose outcome is unknown. */
public enum OnUnknownSubmit {
  /**
   * Send it again with the same {@code Idempotency-Key}: after a network error as the vendor's own
   * client does, and after a 5xx other than 503, which that client leaves alone (contract, section
   * 1.5).
   */
  RESEND,
  /** Leave it {@code SUBMIT_UNKNOWN} for a person to decide. */
  HOLD
}
