package com.nomadicml.beam.imports.lane;

import com.nomadicml.beam.api.SubmitAnswer;
import com.nomadicml.beam.imports.ErrorCode;
import com.nomadicml.beam.imports.JobProgress;
import com.nomadicml.beam.model.JobPage;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.VideoState;
import java.time.Duration;
import java.util.List;
import javax.annotation.Nullable;

/** What a lane writes into the tables, or says, before it sends anything else. */
sealed interface Change {

  /**
   * The API has not taken a batch, for certain.
   *
   * @param sends how often it was sent, the time that does not count included
   */
  record Withdraw(JobStatus job, int sends) implements Change {}

  /** The API has taken a batch. */
  record Taken(JobStatus job, SubmitAnswer answer) implements Change {}

  /** A batch's own row says something else; its items do not. */
  record Job(JobStatus job) implements Change {}

  /** A batch and its items come to an end, or are left to a later run. */
  record Close(JobStatus job, VideoState rows, @Nullable ErrorCode code, @Nullable String message)
      implements Change {}

  /** A batch becomes two, of which the first has so many items. */
  record Cut(JobStatus job, int first) implements Change {}

  /** Batches of a stopped target, which were never sent, are taken back. */
  record Unplan(List<JobStatus> jobs, String message) implements Change {}

  /**
   * A page was read.
   *
   * @param progress of its job after it; null when that has ended and is not read on
   * @param waited how long the job was waited for
   */
  record Page(JobPage page, @Nullable JobProgress progress, Duration waited) implements Change {}

  /** The failed items of a batch are planned once more. */
  record Retry(JobStatus job) implements Change {}

  /** Something that people want to know later has happened. */
  record Event(String kind, String text) implements Change {}

  /** Something that people want to know now is said. */
  record Words(String text) implements Change {}
}
