package com.nomadicml.beam.status;

import static com.nomadicml.beam.status.Column.Type.BOOLEAN;
import static com.nomadicml.beam.status.Column.Type.KEY;
import static com.nomadicml.beam.status.Column.Type.LONG;
import static com.nomadicml.beam.status.Column.Type.TEXT;
import static com.nomadicml.beam.status.Column.Type.TIMESTAMP;

import com.nomadicml.beam.model.ImportTarget;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.Provider;
import java.util.List;
import javax.annotation.Nullable;

/** {@code import_jobs}: one row a batch. */
final class JobTable {
  static final StatusTable<JobStatus> JOBS =
      new StatusTable<>(
          JobStatus.class,
          "import_jobs",
          new StatusTable.Columns<JobStatus>()
              .required("batch_id", KEY, JobStatus::getBatchId)
              .required("run_id", TEXT, JobStatus::getRunId)
              .optional("import_job_id", TEXT, JobStatus::getImportJobId)
              .required("provider", TEXT, job -> job.getTarget().getProvider().column())
              .required("bucket", TEXT, job -> job.getTarget().getBucket())
              .optional("integration_id", TEXT, job -> job.getTarget().getIntegrationId())
              .optional("folder", TEXT, job -> job.getTarget().getFolder())
              .optional("folder_id", TEXT, JobStatus::getFolderId)
              .required("scope", TEXT, job -> job.getTarget().getScope())
              .required("multi_view", BOOLEAN, job -> job.getTarget().getMultiView())
              .required("state", TEXT, JobStatus::getState)
              .required("requested", LONG, JobStatus::getRequested)
              .optional("total", LONG, JobStatus::getTotal)
              .required("uploaded", LONG, JobStatus::getUploaded)
              .required("failed", LONG, JobStatus::getFailed)
              .required("missing", LONG, JobStatus::getMissing)
              .required("attempt", LONG, JobStatus::getAttempt)
              .required("unknown_submits", LONG, JobStatus::getUnknownSubmits)
              .optional("error_message", TEXT, JobStatus::getErrorMessage)
              .required("planned_at", TIMESTAMP, JobStatus::getPlannedAt)
              .optional("submitted_at", TIMESTAMP, JobStatus::getSubmittedAt)
              .optional("completed_at", TIMESTAMP, JobStatus::getCompletedAt)
              .required("sequence", LONG, JobStatus::getSequence)
              .optional("planned_by", TEXT, JobStatus::getPlannedBy)
              .list(),
          List.of("batch_id"),
          List.of(TableIndex.on("state")),
          JobStatus::getSequence,
          JobTable::read);

  private JobTable() {}

  private static JobStatus read(RowValues row) {
    return JobStatus.builder()
        .setBatchId(row.text("batch_id"))
        .setRunId(row.text("run_id"))
        .setImportJobId(row.textOrNull("import_job_id"))
        .setTarget(
            ImportTarget.of(
                Provider.fromColumn(row.text("provider")),
                row.text("bucket"),
                row.textOrNull("integration_id"),
                row.textOrNull("folder"),
                row.text("scope"),
                row.flag("multi_view")))
        .setFolderId(row.textOrNull("folder_id"))
        .setState(row.constant(JobState.class, "state"))
        .setRequested(row.integer("requested"))
        .setTotal(integerOrNull(row.numberOrNull("total")))
        .setUploaded(row.integer("uploaded"))
        .setFailed(row.integer("failed"))
        .setMissing(row.integer("missing"))
        .setAttempt(row.integer("attempt"))
        .setUnknownSubmits(row.integer("unknown_submits"))
        .setErrorMessage(row.textOrNull("error_message"))
        .setPlannedAt(row.number("planned_at"))
        .setSubmittedAt(row.numberOrNull("submitted_at"))
        .setCompletedAt(row.numberOrNull("completed_at"))
        .setSequence(row.number("sequence"))
        .setPlannedBy(row.textOrNull("planned_by"))
        .build();
  }

  @Nullable
  private static Integer integerOrNull(@Nullable Long number) {
    return number == null ? null : Integer.valueOf(Math.toIntExact(number));
  }
}
