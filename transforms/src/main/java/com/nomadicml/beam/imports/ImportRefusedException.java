package com.nomadicml.beam.imports;

import com.nomadicml.beam.api.ApiException;

/**
 * The account, not an item, is refused: the run has to stop until its owner mends it. The message
 * is one line for that owner.
 */
public final class ImportRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public static ImportRefusedException of(ApiException e) {
    String remedy =
        switch (e.status()) {
          case 402 -> "the plan of this account does not include it: upgrade it, then run again";
          case 403 -> "its role or key may not import: ask its administrator, then run again";
          default -> "check the API key (NOMADIC_API_KEY or --apiKeySecret), then run again";
        };
    return of(e.status(), e.getMessage(), remedy);
  }

  /** Access was denied to all that was asked for. */
  public static ImportRefusedException denied(String message) {
    return of(
        403,
        message,
        "neither this account's role nor its access to the buckets named suffices: ask its"
            + " administrator, then run again");
  }

  private static ImportRefusedException of(int status, String message, String remedy) {
    return new ImportRefusedException(
        "the API refused the account (" + status + ": " + message + "); " + remedy);
  }

  public ImportRefusedException(String message) {
    super(message);
  }
}
