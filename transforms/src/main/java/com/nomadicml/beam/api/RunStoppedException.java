package com.nomadicml.beam.api;

/** The run was stopped; the message says why. */
public final class RunStoppedException extends RequestsEndedException {
  private static final long serialVersionUID = 1L;

  public RunStoppedException(String reason) {
    super(reason);
  }
}
