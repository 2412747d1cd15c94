package com.nomadicml.beam.model;

/** What has become of an item: the {@code state} of its row in {@code import_videos}. */
public enum VideoState {
  /** Planned, not sent yet. */
  PENDING(0),
  /** The request's outcome is unknown, and it is held for a person. */
  SUBMIT_UNKNOWN(1),
  /** Accepted by the API, not finished yet. */
  SUBMITTED(2),
  UPLOADED(4),
  UPLOADING_FAILED(4),
  /** The API never showed the row before the deadline; below what it may have shown since. */
  MISSING(3),
  /** The request was answered with a final refusal. */
  REFUSED(4),
  /** A manifest line that was never sent. */
  REJECTED(4);

  private final int rank;

  VideoState(int rank) {
    this.rank = rank;
  }

  /** Orders the states of one attempt: a lower one never replaces a higher one. */
  public int rank() {
    return rank;
  }

  public boolean isFinal() {
    return rank >= MISSING.rank;
  }

  /** Whether the item was to be imported, and is not. */
  public boolean isFailure() {
    return this == UPLOADING_FAILED || this == MISSING || this == REFUSED;
  }
}
