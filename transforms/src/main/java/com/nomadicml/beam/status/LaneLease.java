package com.nomadicml.beam.status;

import java.time.Duration;
import java.util.Optional;

/**
 * Which process drives the lane of a run. One does at a time, by the database's clock; each that
 * takes the lane begins a new epoch.
 */
public interface LaneLease {

  /**
   * How the lane of a run has ended.
   *
   * @param kind as the lane names it
   * @param message one line for people
   */
  record End(String kind, String message) {}

  /**
   * A lane that was taken.
   *
   * @param isInherited whether the process before may be alive, or has not given the lane back:
   *     what it has sent may be on the wire
   */
  record Taken(long epoch, boolean isInherited) {}

  /**
   * Takes a lane that is free, expired, or held by a process that died on this machine.
   *
   * @return empty when another process holds it, or it has ended
   */
  Optional<Taken> take(String runId, String process, Duration time);

  /**
   * Prolongs an epoch.
   *
   * @return whether it lasts
   */
  boolean renew(String runId, long epoch, Duration time);

  /** Gives a lane back before its end. */
  void release(String runId, long epoch);

  /** Records that nothing is left to do in a run's lane. */
  void end(String runId, long epoch, End end);

  /**
   * Whether the lane of a run was taken, and has neither ended nor been given back since: a request
   * of it may be on the wire, even where its epoch has expired.
   */
  boolean isOpen(String runId);

  /** How the lane of a run has ended, if it has. */
  Optional<End> endOf(String runId);
}
