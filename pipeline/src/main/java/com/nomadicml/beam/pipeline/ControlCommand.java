package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.api.Sleeper;
import com.nomadicml.beam.imports.lane.RunWish;
import com.nomadicml.beam.status.HolderProcess;
import com.nomadicml.beam.status.RunNumbers;
import com.nomadicml.beam.status.RunState;
import com.nomadicml.beam.status.RunStatus;
import com.nomadicml.beam.status.StatusStore;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Asks something of a run through its tables, so that it may be on any machine, and says when it
 * took effect.
 */
abstract class ControlCommand implements Callable<Integer> {
  private static final String MORE = "More: docs/operations.md";
  private static final Duration LOOKS = Duration.ofSeconds(1);

  private final Clock clock;
  private final Sleeper sleeper;
  private final RunWish.Kind kind;
  private final String effect;

  @Spec private CommandSpec spec;
  @Mixin private TablesOptions tables;

  @Option(
      names = "--run",
      paramLabel = "ID",
      description = "Which run. Default: the one that is at work")
  private String run;

  @Option(
      names = "--wait",
      defaultValue = "2m",
      paramLabel = "TIME",
      description = "How long to wait until it takes effect. Default: ${DEFAULT-VALUE}")
  private String wait;

  /**
   * @param effect what the run does from then on, for people
   */
  ControlCommand(Clock clock, Sleeper sleeper, RunWish.Kind kind, String effect) {
    this.clock = clock;
    this.sleeper = sleeper;
    this.kind = kind;
    this.effect = effect;
  }

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    Duration longest = OptionValues.interval("--wait", wait);
    StatusStore store = tables.store(spec.commandLine().getErr());
    String runId = running(store);
    Instant start = clock.instant();
    String by = System.getProperty("user.name") + " at " + HolderProcess.current().name();
    RunWish wish = RunWish.ask(store.lane(), runId, kind, by, start);
    while (!wish.hasTakenEffect(store.lane(), runId)) {
      if (Duration.between(start, clock.instant()).compareTo(longest) >= 0) {
        out.printf("run %s is asked, and does so once its lane is at work%n", runId);
        out.flush();
        return ExitCode.OK;
      }
      sleeper.sleep(LOOKS);
    }
    out.printf(
        "run %s %s since %s%n", runId, effect, clock.instant().truncatedTo(ChronoUnit.SECONDS));
    out.flush();
    return ExitCode.OK;
  }

  private String running(StatusStore store) {
    RunNumbers numbers = TablesOptions.numbers(store);
    String runId = run == null ? numbers.current().map(RunStatus::getRunId).orElse(null) : run;
    RunProgress progress =
        RunProgress.of(store, String.valueOf(runId), clock.instant())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "there is no run"
                            + (run == null ? "" : " " + run)
                            + " in "
                            + store.describe()
                            + ": status --runs lists those there are"));
    if (progress.state() != RunState.RUNNING) {
      throw new IllegalArgumentException(
          "run " + runId + " is not at work: it has ended as " + progress.state());
    }
    return runId;
  }

  /** {@code pause}. */
  @Command(
      name = "pause",
      mixinStandardHelpOptions = true,
      description = "Asks a run to send and read nothing until it is asked to resume.",
      footer = {
        "",
        "Example",
        "  nomadic-import pause --run=20261129-120000-1a2b3c4d",
        "",
        ControlCommand.MORE
      })
  static final class Pause extends ControlCommand {
    Pause(Clock clock, Sleeper sleeper) {
      super(clock, sleeper, RunWish.Kind.PAUSE, "is paused");
    }
  }

  /** {@code resume}. */
  @Command(
      name = "resume",
      mixinStandardHelpOptions = true,
      description = "Asks a run that is paused to go on.",
      footer = {
        "",
        "Example",
        "  nomadic-import resume --run=20261129-120000-1a2b3c4d",
        "",
        ControlCommand.MORE
      })
  static final class Resume extends ControlCommand {
    Resume(Clock clock, Sleeper sleeper) {
      super(clock, sleeper, RunWish.Kind.RESUME, "goes on");
    }
  }

  /** {@code stop}. */
  @Command(
      name = "stop",
      mixinStandardHelpOptions = true,
      description =
          "Asks a run to send nothing any more, and to end once what is under way is written.",
      footer = {"", "Example", "  nomadic-import stop --wait=10m", "", ControlCommand.MORE})
  static final class Stop extends ControlCommand {
    Stop(Clock clock, Sleeper sleeper) {
      super(clock, sleeper, RunWish.Kind.STOP, "sends nothing any more, and ends,");
    }
  }
}
