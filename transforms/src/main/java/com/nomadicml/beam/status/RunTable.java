package com.nomadicml.beam.status;

import static com.nomadicml.beam.status.Column.Type.KEY;
import static com.nomadicml.beam.status.Column.Type.LONG;
import static com.nomadicml.beam.status.Column.Type.TEXT;
import static com.nomadicml.beam.status.Column.Type.TIMESTAMP;

import java.util.List;

/** {@code import_runs}: one row a run. */
final class RunTable {
  static final StatusTable<RunStatus> RUNS =
      new StatusTable<>(
          RunStatus.class,
          "import_runs",
          new StatusTable.Columns<RunStatus>()
              .required("run_id", KEY, RunStatus::getRunId)
              .required("manifest", TEXT, RunStatus::getManifest)
              .required("options", TEXT, RunStatus::getOptions)
              .required("state", TEXT, RunStatus::getState)
              .required("started_at", TIMESTAMP, RunStatus::getStartedAt)
              .optional("finished_at", TIMESTAMP, RunStatus::getFinishedAt)
              .required("requests", LONG, RunStatus::getRequests)
              .required("quota_day", TEXT, RunStatus::getQuotaDay)
              .required("requests_on_day", LONG, RunStatus::getRequestsOnDay)
              .required("lines_read", LONG, RunStatus::getLinesRead)
              .required("blank", LONG, RunStatus::getBlank)
              .required("rejected", LONG, RunStatus::getRejected)
              .required("duplicate", LONG, RunStatus::getDuplicate)
              .required("already_done", LONG, RunStatus::getAlreadyDone)
              .required("uploaded", LONG, RunStatus::getUploaded)
              .required("failed", LONG, RunStatus::getFailed)
              .required("missing", LONG, RunStatus::getMissing)
              .required("refused", LONG, RunStatus::getRefused)
              .required("unknown", LONG, RunStatus::getUnknown)
              .required("open", LONG, RunStatus::getOpen)
              .required("stopped", LONG, RunStatus::getStopped)
              .optional("skipped", LONG, RunStatus::getSkipped)
              .optional("expanded", LONG, RunStatus::getExpanded)
              .optional("manifest_pins", TEXT, RunStatus::getManifestPins)
              .optional("holder", TEXT, RunStatus::getHolder)
              .optional("process", TEXT, RunStatus::getProcess)
              .optional("alive_at", TIMESTAMP, RunStatus::getAliveAt)
              .optional("max_attempts", LONG, RunStatus::getMaxAttempts)
              .list(),
          List.of("run_id"),
          List.of(),
          RunTable::sequence,
          RunTable::read);

  private RunTable() {}

  /** A run that has ended never runs again, and what it has spent only grows. */
  private static long sequence(RunStatus run) {
    long ended = run.getState() == RunState.RUNNING ? 0 : 1;
    return ended << 62 | run.getRequests();
  }

  private static RunStatus read(RowValues row) {
    return RunStatus.builder()
        .setRunId(row.text("run_id"))
        .setManifest(row.text("manifest"))
        .setOptions(row.text("options"))
        .setState(row.constant(RunState.class, "state"))
        .setStartedAt(row.number("started_at"))
        .setFinishedAt(row.numberOrNull("finished_at"))
        .setRequests(row.number("requests"))
        .setQuotaDay(row.text("quota_day"))
        .setRequestsOnDay(row.number("requests_on_day"))
        .setLinesRead(row.number("lines_read"))
        .setBlank(row.number("blank"))
        .setRejected(row.number("rejected"))
        .setDuplicate(row.number("duplicate"))
        .setAlreadyDone(row.number("already_done"))
        .setUploaded(row.number("uploaded"))
        .setFailed(row.number("failed"))
        .setMissing(row.number("missing"))
        .setRefused(row.number("refused"))
        .setUnknown(row.number("unknown"))
        .setOpen(row.number("open"))
        .setStopped(row.number("stopped"))
        .setSkipped(row.numberOrZero("skipped"))
        .setExpanded(row.numberOrZero("expanded"))
        .setManifestPins(row.textOrNull("manifest_pins"))
        .setHolder(row.textOrNull("holder"))
        .setProcess(row.textOrNull("process"))
        .setAliveAt(row.numberOrNull("alive_at"))
        .setMaxAttempts(row.numberOrNull("max_attempts"))
        .build();
  }
}
