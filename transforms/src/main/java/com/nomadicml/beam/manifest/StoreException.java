package com.nomadicml.beam.manifest;

import com.google.api.client.http.HttpResponseException;
import com.google.common.base.Throwables;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkServiceException;

/**
 * The store of a file did not do what it was asked for, and may do it the next time. A file that is
 * not there, and one that may not be read, are none of these.
 */
final class StoreException extends IOException {
  private static final long serialVersionUID = 1L;

  private StoreException(Exception cause) {
    super(cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
  }

  /** What the client of a store has thrown, told apart. */
  static IOException of(Exception failure) {
    if (failure instanceof IOException known && isFinal(failure)) {
      return known;
    }
    return isFinal(failure)
        ? new IOException(failure.getMessage(), failure)
        : new StoreException(failure);
  }

  /** What lies behind a failure to read a file, if the store does. */
  static Optional<StoreException> behind(Throwable failure) {
    return Throwables.getCausalChain(failure).stream()
        .filter(StoreException.class::isInstance)
        .map(StoreException.class::cast)
        .findFirst();
  }

  private static boolean isFinal(Exception failure) {
    return Throwables.getCausalChain(failure).stream()
        .anyMatch(
            cause ->
                cause instanceof FileNotFoundException
                    || cause instanceof NoSuchFileException
                    || cause instanceof AccessDeniedException
                    || (cause instanceof SdkServiceException aws && isFinal(aws.statusCode()))
                    || (cause instanceof HttpResponseException gcs
                        && isFinal(gcs.getStatusCode())));
  }

  /** RFC 9110: a client's error, but for a request that came too slowly or too often. */
  private static boolean isFinal(int status) {
    return status >= 400 && status < 500 && status != 408 && status != 429;
  }
}
