package com.nomadicml.beam.manifest;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/** A manifest that can't be read as a whole. The message is one line for its owner. */
public final class ManifestException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ManifestException(String message) {
    super(message);
  }

  public ManifestException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * What came of reading a file, told to its owner. What a parser could not bear of a file's
   * content (errors of stack, memory and linkage) is that file's fault.
   */
  static ManifestException of(String path, Throwable failure) {
    return failure instanceof ManifestException told
        ? told
        : new ManifestException(path + " can't be read: " + why(failure), failure);
  }

  private static String why(Throwable failure) {
    Optional<StoreException> store = StoreException.behind(failure);
    if (store.isPresent()) {
      return store.get().getMessage();
    }
    if (failure instanceof EOFException) {
      return "the file is cut short";
    }
    if (failure instanceof FileNotFoundException || failure instanceof NoSuchFileException) {
      return "it is not there any more";
    }
    if (failure instanceof StackOverflowError) {
      return "it is nested too deep";
    }
    if (failure instanceof OutOfMemoryError) {
      return "it takes more memory than there is (" + failure.getMessage() + ")";
    }
    return failure instanceof IOException ? failure.getMessage() : failure.toString();
  }
}
