package com.nomadicml.beam.api;

import com.nomadicml.beam.model.SeenViews;
import javax.annotation.Nullable;

/**
 * One video of a job (contract, section 4.7).
 *
 * @param error the first of {@code error, error_message, message, detail, reason, last_error} that
 *     is there (section 8, number 6)
 * @param views what the row says of a set's views, or null
 */
public record VideoRow(
    String videoId,
    @Nullable String status,
    @Nullable String sourceUri,
    @Nullable String error,
    @Nullable SeenViews views) {

  /** A row that says nothing of views. */
  public VideoRow(
      String videoId, @Nullable String status, @Nullable String sourceUri, @Nullable String error) {
    this(videoId, status, sourceUri, error, null);
  }
}
