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

  /** What a parser could not bear of a file's content is that file's fault. */
  static ManifestException of(String path, Error error) {
    String why = error + "";
    if (error instanceof StackOverflowError) {
      why = "it is nested too deep";
    } else if (error instanceof OutOfMemoryError) {
      why = "it takes more memory than there is (" + error.getMessage() + ")";
    }
    return new ManifestException(path + " can't be read: " + why, error);
  }
}
