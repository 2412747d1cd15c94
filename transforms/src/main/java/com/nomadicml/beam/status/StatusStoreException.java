package com.nomadicml.beam.status;

/** The status tables could not be read or written. Its message never holds a password. */
public final class StatusStoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean isTransient;

  StatusStoreException(String message) {
    super(message);
    isTransient = false;
  }

  StatusStoreException(String message, Throwable cause) {
    this(message, cause, false);
  }

  StatusStoreException(String message, Throwable cause, boolean isTransient) {
    super(message, cause);
    this.isTransient = isTransient;
  }

  /** Whether the database is away or busy, so that the same may well succeed later. */
  public boolean isTransient() {
    return isTransient;
  }
}
