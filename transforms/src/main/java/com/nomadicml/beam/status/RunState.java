package com.nomadicml.beam.status;

/** How a run stands: the {@code state} of its row in {@code import_runs}. */
public enum RunState {
  RUNNING,
  /** Everything is uploaded, or nothing was to do. */
  COMPLETED,
  /** Done, but some items are not uploaded. */
  COMPLETED_WITH_FAILURES,
  /** The daily quota is spent; a later run goes on. */
  PAUSED,
  /** Stopped by the failure threshold. */
  STOPPED,
  /** The run broke, or was killed and another has taken its place. */
  FAILED
}
