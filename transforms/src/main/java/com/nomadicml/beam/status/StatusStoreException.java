package com.nomadicml.beam.status;

/** The status tables could not be read or written. Its message never holds a password. */
public class StatusStoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StatusStoreException(String message) {
    super(message);
  }

  StatusStoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
