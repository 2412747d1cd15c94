package com.nomadicml.beam.imports.lane;

import com.nomadicml.beam.model.ImportJob;
import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.JobStatus;

/** What a lane asks of the API. */
sealed interface Request {

  /**
   * Sends a batch, once the intent to do so is written.
   *
   * @param job with the folder it goes to
   * @param sends how often it is sent, this time included
   */
  record Send(JobStatus job, int sends) implements Request {}

  /** Reads the page of a job at a cursor, "" being the first. */
  record Read(ImportJob job, String cursor) implements Request {}

  /** Looks the folder of a target up, or creates it. */
  record Resolve(ImportTarget target) implements Request {}

  /** Asks for anything: whether the API answers. */
  record Probe() implements Request {}
}
