package com.nomadicml.beam.imports;

import com.fasterxml.jackson.databind.node.TextNode;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.VisibleText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * One line for each batch that a run is through with (a stream: each time), as {@code key=value}
 * pairs. Where a logger takes SLF4J's context along, as Dataflow's workers with {@code --logMdc},
 * the ids are fields.
 */
public final class JobLog {
  private static final Logger LOG = LoggerFactory.getLogger(JobLog.class);

  private JobLog() {}

  /**
   * @param job its last row of this run; the batch's id is its request's {@code X-Request-ID} too
   */
  public static void ended(JobStatus job) {
    String jobId = VisibleText.of(job.getImportJobId() == null ? "" : job.getImportJobId());
    try (MDC.MDCCloseable batch = MDC.putCloseable("batch_id", job.getBatchId());
        MDC.MDCCloseable request = MDC.putCloseable("request_id", job.getBatchId());
        MDC.MDCCloseable importJob = MDC.putCloseable("import_job_id", jobId)) {
      LOG.info(
          "job state={} batch_id={} request_id={} import_job_id={} requested={} uploaded={}"
              + " failed={} missing={} unknown_submits={} seconds={} error={}",
          job.getState(),
          job.getBatchId(),
          job.getBatchId(),
          // Quoted: what the API says may have any form.
          VisibleText.of(TextNode.valueOf(jobId).toString()),
          job.getRequested(),
          job.getUploaded(),
          job.getFailed(),
          job.getMissing(),
          job.getUnknownSubmits(),
          seconds(job),
          VisibleText.of(
              TextNode.valueOf(job.getErrorMessage() == null ? "" : job.getErrorMessage())
                  .toString()));
    }
  }

  /** From its submission to its end; empty for a batch that has not had both. */
  private static String seconds(JobStatus job) {
    return job.getSubmittedAt() == null || job.getCompletedAt() == null
        ? ""
        : String.valueOf((job.getCompletedAt() - job.getSubmittedAt()) / 1000);
  }
}
