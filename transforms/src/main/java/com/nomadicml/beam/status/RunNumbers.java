package com.nomadicml.beam.status;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/**
 * How far runs are, as the tables tell it: whoever drives a run, and from any machine. What it
 * costs follows the batches of a run, and the failures for the reasons; never all of its items.
 */
public interface RunNumbers {

  /**
   * What is asked of a run.
   *
   * @param since from when on its pace is measured
   * @param day whose requests are counted
   * @param openJobs how many open jobs are listed
   */
  record Question(Instant since, LocalDate day, int openJobs) {}

  /** How often a run that shows how far it is may ask: by what asking costs. */
  Duration interval();

  /** Runs, the latest first: {@code most} at most. */
  List<RunStatus> runs(int most);

  /** The run that is at work, or else the latest; empty when there was none. */
  Optional<RunStatus> current();

  /** What all tables say of a run at one moment; empty when they do not know it. */
  Optional<RunSnapshot> of(String runId, Question question);

  /**
   * Why items of a run are not uploaded, or not whole: the largest first.
   *
   * @param most reasons of a target
   */
  List<TargetReason> reasons(String runId, int most);

  /**
   * The same in all: each failure is looked at, which takes its time where there are millions.
   *
   * @param most reasons that are told
   */
  RunFailures failures(String runId, int most);
}
