package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.status.StatusReport;
import com.nomadicml.beam.status.StatusStore;
import com.nomadicml.beam.status.Tally;
import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Answers from the status tables: how many in each state, and why the failed ones failed. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Shows what the status tables say.")
final class StatusCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--statusTable",
      defaultValue = "jdbc:sqlite:import-status.db",
      description = "Where the status tables are. Default: ${DEFAULT-VALUE}")
  private String statusTable;

  @Override
  public Integer call() {
    StatusStore store = StatusStore.at(statusTable);
    if (!store.hasTables()) {
      throw new IllegalArgumentException(
          "no status tables in " + store.describe() + ": run an import, or name them");
    }
    StatusReport report = store.report();
    PrintWriter out = spec.commandLine().getOut();
    store
        .lastRun()
        .ifPresent(run -> out.printf("last run %s: %s%n%n", run.getRunId(), run.getState()));
    out.printf("Items by state%n");
    report.byState().forEach((state, items) -> out.printf("%,14d %s%n", items, state));
    printReasons(out, report.getReasons());
    if (!report.getOpenJobs().isEmpty()) {
      out.printf("%nOpen batches%n");
      for (JobStatus job : report.getOpenJobs()) {
        out.printf(
            "%,14d %s %s %s%n",
            job.getRequested(),
            job.getState(),
            Objects.toString(job.getImportJobId(), job.getBatchId()),
            job.getTarget().describe());
      }
    }
    out.flush();
    return ExitCode.OK;
  }

  private static void printReasons(PrintWriter out, List<Tally> reasons) {
    if (reasons.isEmpty()) {
      return;
    }
    out.printf("%nBy bucket and reason%n");
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
