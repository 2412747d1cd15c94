package com.nomadicml.beam.api;

/** No request of this run is sent any more. What is under way is left to the next run. */
public abstract sealed class RequestsEndedException extends RuntimeException
    permits QuotaSpentException, RunStoppedException {
  private static final long serialVersionUID = 1L;

  RequestsEndedException(String message) {
    super(message);
  }
}
