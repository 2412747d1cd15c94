package com.nomadicml.beam.model;

/** A value that can never be imported, with the stable code and a sentence for its owner. */
public final class RejectedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final RejectionCode code;

  public RejectedException(RejectionCode code, String message) {
    super(message);
    this.code = code;
  }

  public RejectionCode code() {
    return code;
  }
}
