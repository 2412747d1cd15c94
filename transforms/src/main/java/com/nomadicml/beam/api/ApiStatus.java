package com.nomadicml.beam.api;

import java.util.Locale;
import java.util.Set;
import javax.annotation.Nullable;

/**
 * What a row's status means (contract, section 5). Later stages than {@code UPLOADED} are a success
 * too; what is not known is taken for pending, so that no row is given up by mistake.
 */
public enum ApiStatus {
  SUCCEEDED,
  FAILED,
  PENDING;

  private static final Set<String> SUCCESS =
      Set.of(
          "UPLOADED",
          "DETECTING_IN_PROGRESS",
          "DETECTING_COMPLETED",
          "DETECTING_COMPLETED_NO_EVENTS",
          "SUMMARIZING_IN_PROGRESS",
          "SUMMARIZING_COMPLETED",
          "ANALYZING",
          "COMPLETED");

  private static final Set<String> UNFINISHED =
      Set.of(
          "UPLOADING",
          "PROCESSING",
          "NOT_STARTED",
          "PREPARE_IN_PROGRESS",
          "PREPARE_COMPLETED",
          "PENDING",
          "QUEUED");

  private static final Set<String> FAILURE = Set.of("UPLOADING_FAILED", "FAILED");

  /** Whether {@code status} is one that the contract names; no status at all is none. */
  public static boolean isKnown(@Nullable String status) {
    String upper = status == null ? "" : status.strip().toUpperCase(Locale.ROOT);
    return UNFINISHED.contains(upper) || SUCCESS.contains(upper) || FAILURE.contains(upper);
  }

  /** The meaning of {@code status}, whatever its case. */
  public static ApiStatus of(@Nullable String status) {
    String upper = status == null ? "" : status.strip().toUpperCase(Locale.ROOT);
    return SUCCESS.contains(upper) ? SUCCEEDED : FAILURE.contains(upper) ? FAILED : PENDING;
  }
}
