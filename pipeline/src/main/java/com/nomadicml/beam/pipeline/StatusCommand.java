package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.api.Sleeper;
import com.nomadicml.beam.status.RunNumbers;
import com.nomadicml.beam.status.RunSnapshot;
import com.nomadicml.beam.status.RunStatus;
import com.nomadicml.beam.status.StatusStore;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import javax.annotation.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Answers from the status tables how far a run is, from any machine and while it runs. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Shows how far a run is, from the status tables.",
    footer = {
      "",
      "Examples",
      "  nomadic-import status --watch",
      "  nomadic-import status --statusTable=jdbc:postgresql://db/fleet --runs",
      "",
      "More: docs/operations.md"
    })
final class StatusCommand implements Callable<Integer> {
  private static final int FEW_JOBS = 10;
  private static final int ALL_JOBS = 1_000_000;
  private static final int RUNS = 20;

  /** Of each target. */
  private static final int REASONS = 5;

  private final Clock clock;
  private final Sleeper sleeper;

  @Spec private CommandSpec spec;

  @Mixin private TablesOptions tables;

  @Option(
      names = "--run",
      paramLabel = "ID",
      description = "Which run. Default: the one that is at work, or else the latest")
  private String run;

  @Option(names = "--runs", description = "Lists the latest runs, one a line")
  private boolean runs;

  @Option(
      names = "--watch",
      arity = "0..1",
      fallbackValue = "5s",
      paramLabel = "TIME",
      description = "Shows it again and again until the run has ended. Default of TIME: 5s")
  private String watch;

  @Option(names = "--jobs", description = "Lists all open jobs, not the oldest ten")
  private boolean jobs;

  @Option(
      names = "--json",
      description = "Prints one JSON object in a line, as docs/status.schema.json describes it")
  private boolean json;

  @Option(
      names = "--exit-code",
      description = "Ends with the exit code of the run; with 0 while it is alive")
  private boolean exitCode;

  StatusCommand(Clock clock, Sleeper sleeper) {
    this.clock = clock;
    this.sleeper = sleeper;
  }

  @Override
  public Integer call() throws InterruptedException {
    Duration interval = watch == null ? null : OptionValues.interval("--watch", watch);
    StatusStore store = tables.store(spec.commandLine().getErr());
    RunNumbers numbers = TablesOptions.numbers(store);
    if (!json) {
      out().printf("tables    %s%n", store.describe());
      store.accounts().all().forEach(account -> out().printf("account   %s%n", account.describe()));
    }
    if (runs) {
      showRuns(numbers, store);
      return ExitCode.OK;
    }
    while (true) {
      RunProgress progress = show(numbers, store);
      if (progress == null || interval == null || !progress.life().isAlive()) {
        return progress == null || !exitCode ? ExitCode.OK : progress.exitCode();
      }
      sleeper.sleep(interval);
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  /** The run that was asked for, once it is shown; null when there is none. */
  @Nullable
  private RunProgress show(RunNumbers numbers, StatusStore store) {
    Optional<String> runId =
        run == null ? numbers.current().map(RunStatus::getRunId) : Optional.of(run);
    Optional<RunProgress> found = runId.flatMap(id -> progress(numbers, id));
    if (found.isEmpty() && run != null) {
      throw new IllegalArgumentException(
          "there is no run " + run + " in " + store.describe() + ": --runs lists those there are");
    }
    if (found.isEmpty()) {
      if (json) {
        print(StatusJson.line(StatusJson.ofNoRun(clock.instant(), store.describe())));
      } else {
        print("no run has used these tables yet");
      }
      return null;
    }
    RunProgress progress = found.get();
    var reasons = numbers.reasons(runId.get(), REASONS);
    if (json) {
      print(StatusJson.line(StatusJson.of(progress, reasons, store.describe())));
    } else {
      new StatusText(out()).print(progress, reasons);
    }
    return progress;
  }

  private Optional<RunProgress> progress(RunNumbers numbers, String runId) {
    int most = jobs ? ALL_JOBS : FEW_JOBS;
    Optional<RunSnapshot> tables = numbers.of(runId, RunProgress.question(clock.instant(), most));
    return tables.map(found -> RunProgress.of(found, clock.instant()));
  }

  private void showRuns(RunNumbers numbers, StatusStore store) {
    List<RunProgress> history = new ArrayList<>();
    for (RunStatus row : numbers.runs(RUNS)) {
      progress(numbers, row.getRunId()).ifPresent(history::add);
    }
    if (json) {
      print(StatusJson.line(StatusJson.ofRuns(history, clock.instant(), store.describe())));
    } else {
      history.forEach(new StatusText(out())::printShort);
      out().flush();
    }
  }

  private void print(String line) {
    out().println(line);
    out().flush();
  }
}
