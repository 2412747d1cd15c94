package com.nomadicml.beam.status;

/** The status tables' database has never answered: its host or port may be wrong. */
public final class UnreachableStoreException extends StatusStoreException {
  private static final long serialVersionUID = 1L;

  UnreachableStoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
