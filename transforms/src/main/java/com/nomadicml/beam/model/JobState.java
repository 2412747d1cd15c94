package com.nomadicml.beam.model;

/** What has become of a batch: the {@code state} of its row in {@code import_jobs}. */
public enum JobState {
  PLANNED(0),
  SUBMIT_UNKNOWN(1),
  SUBMITTED(2),
  /** The API showed every item, and each is terminal. */
  COMPLETED(3),
  /** The deadline came before every item was terminal. */
  INCOMPLETE(3),
  REFUSED(3),
  /** Never sent, as its target was stopped. Its items may be planned as the same batch again. */
  STOPPED(0);

  private final int rank;

  JobState(int rank) {
    this.rank = rank;
  }

  /** Orders the states of one batch: a lower one never replaces a higher one. */
  public int rank() {
    return rank;
  }
}
