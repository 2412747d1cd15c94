package com.nomadicml.beam.imports;

/** What to do about a request whose outcome is unknown. */
public enum OnUnknownSubmit {
  /** Send it again with the same {@code Idempotency-Key}, as the vendor's own client does. */
  RESEND,
  /** Leave it {@code SUBMIT_UNKNOWN} for a person to decide. */
  HOLD
}
