package com.nomadicml.beam.pipeline;

/** What a run tells its caller. */
public final class ExitCode {
  /** All is uploaded, or nothing was to do. */
  public static final int OK = 0;

  /** The run broke. */
  public static final int BROKEN = 1;

  /** Bad options, manifest or key. */
  public static final int BAD_INPUT = 2;

  /** Done, but some items are not uploaded, or sets without all of their views. */
  public static final int SOME_NOT_UPLOADED = 3;

  /** Paused by the daily quota: run again later. */
  public static final int PAUSED = 4;

  /** Stopped by failures: a canary's, or more than {@code --failureThreshold}. */
  public static final int STOPPED = 5;

  /** Ended by Ctrl-C. */
  public static final int INTERRUPTED = 130;

  /** Ended by SIGTERM. */
  public static final int TERMINATED = 143;

  private ExitCode() {}
}
