package com.nomadicml.beam.api;

/** A call whose answer is larger than any of its kind; one for less may be answered. */
public final class OversizedAnswerException extends ApiException {
  private static final long serialVersionUID = 1L;

  OversizedAnswerException(String message) {
    super(Kind.PERMANENT, 0, message);
  }
}
