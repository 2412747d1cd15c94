package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.OversizedAnswerException;
import com.nomadicml.beam.api.Sleeper;
import com.nomadicml.beam.emulator.EmulatorCommand;
import com.nomadicml.beam.status.UnreachableStoreException;
import java.io.PrintWriter;
import java.time.Clock;
import org.apache.beam.sdk.util.ReleaseInfo;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The commands around an import, each by its name. */
@Command(
    name = "nomadic-import",
    mixinStandardHelpOptions = true,
    versionProvider = ToolCommands.Version.class,
    header = "Imports the cloud videos that a manifest lists into NomadicML.",
    customSynopsis = {
      "nomadic-import --manifest=FILE [--option=value ...]   an import; see --help=ImportOptions",
      "nomadic-import --emulator --manifest=FILE             the same into a built-in emulator",
      "nomadic-import COMMAND ..."
    },
    subcommands = {
      IntegrationsCommand.class,
      JobCommand.class,
      StatusCommand.class,
      ControlCommand.Pause.class,
      ControlCommand.Resume.class,
      ControlCommand.Stop.class,
      EmulatorCommand.class
    },
    footer = {"", "nomadic-import --help=ImportOptions explains every option of an import."})
final class ToolCommands implements Runnable {
  @Spec private CommandSpec spec;

  /** Runs a command and returns an {@link ExitCode}; mistakes are one line on {@code err}. */
  static int run(PrintWriter out, PrintWriter err, String... args) {
    return run(out, err, Sleeper.real(), args);
  }

  /**
   * The same.
   *
   * @param sleeper waits between the tries of a request
   */
  static int run(PrintWriter out, PrintWriter err, Sleeper sleeper, String... args) {
    return run(out, err, Clock.systemUTC(), sleeper, args);
  }

  /**
   * The same.
   *
   * @param clock of what is shown
   */
  static int run(PrintWriter out, PrintWriter err, Clock clock, Sleeper sleeper, String... args) {
    return commands(clock, sleeper)
        // What it prints may hold what others wrote, so that no sequence of its own could be told.
        .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
        .setOut(VisibleWriter.to(out))
        .setErr(VisibleWriter.to(err))
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              command.getErr().println("nomadic-import: " + failure.getMessage());
              command.getErr().flush();
              return isMistake(failure) ? ExitCode.BAD_INPUT : ExitCode.BROKEN;
            })
        .setParameterExceptionHandler(
            (mistake, given) -> {
              CommandLine command = mistake.getCommandLine();
              command
                  .getErr()
                  .printf(
                      "nomadic-import: %s; see %s --help%n",
                      what(mistake), command.getCommandSpec().qualifiedName());
              command.getErr().flush();
              return ExitCode.BAD_INPUT;
            })
        .execute(args);
  }

  /** All commands, with their options. */
  static CommandLine commands(Sleeper sleeper) {
    return commands(Clock.systemUTC(), sleeper);
  }

  private static CommandLine commands(Clock clock, Sleeper sleeper) {
    return new CommandLine(new ToolCommands(), new WithTime(clock, sleeper));
  }

  /** Makes commands, and the options that open the API for them. */
  private record WithTime(Clock clock, Sleeper sleeper) implements IFactory {
    @Override
    public <K> K create(Class<K> type) throws Exception {
      if (type.equals(ApiCommandOptions.class)) {
        return type.cast(new ApiCommandOptions(sleeper));
      }
      Object made =
          type.equals(StatusCommand.class)
              ? new StatusCommand(clock, sleeper)
              : type.equals(ControlCommand.Pause.class)
                  ? new ControlCommand.Pause(clock, sleeper)
                  : type.equals(ControlCommand.Resume.class)
                      ? new ControlCommand.Resume(clock, sleeper)
                      : type.equals(ControlCommand.Stop.class)
                          ? new ControlCommand.Stop(clock, sleeper)
                          : CommandLine.defaultFactory().create(type);
      return type.cast(made);
    }
  }

  /** Names options, never their values: one may be a secret that was to be in a file. */
  private static String what(ParameterException mistake) {
    if (!(mistake instanceof UnmatchedArgumentException unmatched)) {
      return mistake.getMessage();
    }
    return unmatched.getUnmatched().stream()
        .filter(argument -> argument.startsWith("-"))
        .findFirst()
        .map(option -> "there is no option " + option.replaceFirst("=.*", ""))
        .orElse("there are more arguments than it takes");
  }

  private static boolean isMistake(Exception failure) {
    return failure instanceof IllegalArgumentException
        || failure instanceof UnreachableStoreException
        || (failure instanceof ApiException api
            && api.kind() == ApiException.Kind.PERMANENT
            && !(api instanceof OversizedAnswerException));
  }

  /** Of the jar, and of the Beam in it. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String jar = ToolCommands.class.getPackage().getImplementationVersion();
      return new String[] {
        "nomadic-import "
            + (jar == null ? "(built from source)" : jar)
            + ", Apache Beam "
            + ReleaseInfo.getReleaseInfo().getVersion()
      };
    }
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
