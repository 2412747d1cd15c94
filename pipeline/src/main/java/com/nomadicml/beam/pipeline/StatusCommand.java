package com.nomadicml.beam.pipeline;

import static com.nomadicml.beam.model.VideoState.MISSING;
import static com.nomadicml.beam.model.VideoState.PENDING;
import static com.nomadicml.beam.model.VideoState.REFUSED;
import static com.nomadicml.beam.model.VideoState.REJECTED;
import static com.nomadicml.beam.model.VideoState.SUBMITTED;
import static com.nomadicml.beam.model.VideoState.SUBMIT_UNKNOWN;
import static com.nomadicml.beam.model.VideoState.UPLOADED;
import static com.nomadicml.beam.model.VideoState.UPLOADING_FAILED;

import com.nomadicml.beam.api.ApiKeySource;
import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.model.JobStatus;
import com.nomadicml.beam.model.VideoState;
import com.nomadicml.beam.status.StatusReport;
import com.nomadicml.beam.status.StatusStore;
import com.nomadicml.beam.status.StoreAccess;
import com.nomadicml.beam.status.Tally;
import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Answers from the status tables: how many in each state, what is in flight, why the failed ones
 * failed, what is held, and what was never seen.
 */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Shows what became of all items, from the status tables.")
final class StatusCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--statusTable",
      description =
          "Where the status tables are. Default: "
              + LocalDefaults.TABLE
              + ", or the emulator's where that is not there: "
              + LocalDefaults.EMULATOR_TABLE)
  private String statusTable;

  @Option(
      names = "--statusTableSecret",
      description =
          "Where the password of a PostgreSQL status table is found: env:NAME, file:PATH,"
              + " projects/P/secrets/S/versions/V or an AWS secret's ARN")
  private String statusTableSecret;

  @Option(
      names = "--patience",
      defaultValue = "PT1M",
      description =
          "How long to wait for a status table that is locked or away (ISO-8601). Default:"
              + " ${DEFAULT-VALUE}")
  private String patience;

  @Override
  public Integer call() {
    StoreAccess access =
        new StoreAccess(
            OptionValues.duration("--patience", patience),
            statusTableSecret == null
                ? null
                : ApiKeySource.parsePassword("--statusTableSecret", statusTableSecret));
    StatusStore store =
        statusTable == null ? defaultStore(access) : StatusStore.at(statusTable, access);
    if (!store.hasTables()) {
      throw new IllegalArgumentException(
          "there are no status tables in "
              + store.describe()
              + ": run an import first, or name the right place with --statusTable");
    }
    StatusReport report = store.report();
    PrintWriter out = spec.commandLine().getOut();
    out.printf("tables    %s%n", store.describe());
    store.accounts().all().forEach(account -> out.printf("account   %s%n", account.describe()));
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
    return ExitCode.OK;
  }

  /** The real tables where they are there; it is said when there are others. */
  private StatusStore defaultStore(StoreAccess access) {
    StatusStore real = StatusStore.at(LocalDefaults.TABLE, access);
    StatusStore emulated = StatusStore.at(LocalDefaults.EMULATOR_TABLE, access);
    if (!emulated.hasTables()) {
      return real;
    }
    if (!real.hasTables()) {
      return emulated;
    }
    PrintWriter err = spec.commandLine().getErr();
    err.printf(
        "nomadic-import: the emulator has tables too: --statusTable=%s%n",
        LocalDefaults.EMULATOR_TABLE);
    err.flush();
    return real;
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
