package com.nomadicml.beam.pipeline;

import static com.nomadicml.beam.model.VideoState.MISSING;
import static com.nomadicml.beam.model.VideoState.PENDING;
import static com.nomadicml.beam.model.VideoState.REFUSED;
import static com.nomadicml.beam.model.VideoState.REJECTED;
import static com.nomadicml.beam.model.VideoState.SUBMITTED;
import static com.nomadicml.beam.model.VideoState.SUBMIT_UNKNOWN;
import static com.nomadicml.beam.model.VideoState.UPLOADED;
import static com.nomadicml.beam.model.VideoState.UPLOADING_FAILED;

import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.status.StatusReport;
import com.nomadicml.beam.status.StatusStore;
import com.nomadicml.beam.status.Tally;
import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;

/**
 * How many items are in each state, what is in flight, and why items failed: a look at each item of
 * tables that do not tell how far a run is.
 */
final class StateReport {
  private StateReport() {}

  static void print(PrintWriter out, StatusStore store) {
    StatusReport report = store.report();
    store
        .lastRun()
        .ifPresent(run -> out.printf("last run  %s: %s%n%n", run.getRunId(), run.getState()));
    out.printf("Items by state%n");
    report.byState().forEach((state, items) -> out.printf("%,14d %s%n", items, state));
    out.printf("%,14d of these were tried more than once%n", report.triedAgain());
    printJobs(out, "In flight", report, JobState.PLANNED, JobState.SUBMITTED);
    printReasons(out, "Failed", report, UPLOADING_FAILED, REFUSED, REJECTED);
    printReasons(out, "Uploaded, but not whole", report, UPLOADED);
    printReasons(out, "Held, of unknown outcome", report, SUBMIT_UNKNOWN);
    printReasons(out, "Never shown by the API", report, MISSING);
    printReasons(out, "Not sent, or not finished", report, PENDING, SUBMITTED);
    out.flush();
  }

  private static void printJobs(
      PrintWriter out, String title, StatusReport report, JobState... states) {
    List<JobStatus> jobs =
        report.getOpenJobs().stream()
            .filter(job -> List.of(states).contains(job.getState()))
            .toList();
    if (jobs.isEmpty()) {
      return;
    }
    out.printf("%n%s%n", title);
    for (JobStatus job : jobs) {
      out.printf(
          "%,14d %s %s %s%n",
          job.getRequested(),
          job.getState(),
          Objects.toString(job.getImportJobId(), job.getBatchId()),
          job.getTarget().describe());
    }
  }

  private static void printReasons(
      PrintWriter out, String title, StatusReport report, VideoState... states) {
    List<Tally> reasons =
        report.getReasons().stream()
            .filter(tally -> List.of(states).contains(tally.getState()))
            .toList();
    if (reasons.isEmpty()) {
      return;
    }
    out.printf("%n%s, by bucket and reason%n", title);
    for (Tally tally : reasons) {
      String bucket = tally.getBucket() == null ? "" : tally.getBucket() + " ";
      out.printf(
          "%,14d %s%s %s: %s%n",
          tally.getItems(),
          bucket,
          tally.getState(),
          tally.getErrorCode(),
          tally.getErrorMessage());
    }
  }
}
