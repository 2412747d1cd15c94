package com.nomadicml.beam.manifest;

/** A manifest that can't be read as a whole. The message is one line for its owner. */
public final class ManifestException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ManifestException(String message) {
    super(message);
  }

  public ManifestException(String message, Throwable cause) {
    super(message, cause);
  }
}
