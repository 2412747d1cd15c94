package com.nomadicml.beam.pipeline;

import com.google.common.collect.ObjectArrays;
import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.OversizedAnswerException;
import com.nomadicml.beam.api.Sleeper;
import com.nomadicml.beam.emulator.EmulatorCommand;
import com.nomadicml.beam.status.UnreachableStoreException;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** All commands, each by its name; what names none is an import. */
@Command(
    name = "nomadic-import",
    mixinStandardHelpOptions = true,
    header = {"Imports the cloud videos that a manifest lists into NomadicML.", ""},
    customSynopsis = {
      "nomadic-import [import] --manifest=FILE [OPTIONS]",
      "       nomadic-import COMMAND [OPTIONS]",
      ""
    },
    subcommands = {
      ImportArguments.class,
      IntegrationsCommand.class,
      JobCommand.class,
      StatusCommand.class,
      ControlCommand.Pause.class,
      ControlCommand.Resume.class,
      ControlCommand.Stop.class,
      EmulatorCommand.class,
      CompletionCommand.class,
      HelpCommand.class
    },
    footer = {
      "",
      "Examples",
      "  nomadic-import --emulator --manifest=examples/fleet.csv   # try it: no key",
      "  nomadic-import --manifest=s3://fleet/m.csv --dryRun       # see what it costs",
      "  nomadic-import help import                                # explain a command",
      "",
      "More: README.md, docs/options.md. The build: nomadic-import --version"
    })
final class ToolCommands implements Runnable {
  /** Those that need the options of an import, which take a moment to find. */
  private static final Set<String> WITH_IMPORT_OPTIONS =
      Set.of(ImportArguments.NAME, CompletionCommand.NAME);

  @Spec private CommandSpec spec;

  /**
   * Runs a command and returns an {@link ExitCode}; mistakes are one line on {@code err}.
   *
   * @param clock of what is shown
   * @param sleeper waits between the tries of a request
   * @param importer runs an import with options as Beam takes them, and yields an {@link ExitCode}
   */
  static int run(
      PrintWriter out,
      PrintWriter err,
      Clock clock,
      Sleeper sleeper,
      ToIntFunction<String[]> importer,
      String... args) {
    String[] all = isShortForm(args) ? ObjectArrays.concat(ImportArguments.NAME, args) : args;
    CommandLine commands = commands(clock, sleeper, importer);
    if (Arrays.stream(all).anyMatch(WITH_IMPORT_OPTIONS::contains)) {
      CommandLine imports = commands.getSubcommands().get(ImportArguments.NAME);
      imports.<ImportArguments>getCommand().addOptions();
    }
    return commands
        // What it prints may hold what others wrote, so that no sequence of its own could be told.
        .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
        // Else a value such as -hello or @fleet would not be what was typed.
        .setPosixClusteredShortOptionsAllowed(false)
        .setExpandAtFiles(false)
        .setCaseInsensitiveEnumValuesAllowed(true)
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
              PrintWriter to = mistake.getCommandLine().getErr();
              to.println("nomadic-import: " + CommandMistake.text(mistake, given));
              to.flush();
              return ExitCode.BAD_INPUT;
            })
        .execute(all);
  }

  private static boolean isShortForm(String... args) {
    return args.length == 0
        || (args[0].startsWith("--") && !List.of("--help", "--version").contains(args[0]));
  }

  /** All commands, with their options; those of an import are added when they are needed. */
  static CommandLine commands(Clock clock, Sleeper sleeper, ToIntFunction<String[]> importer) {
    CommandLine commands = new CommandLine(new ToolCommands(), new Parts(clock, sleeper, importer));
    CommandHelp.fitScreen(commands);
    return commands;
  }

  /** Makes commands, and the options that open the API for them. */
  private record Parts(Clock clock, Sleeper sleeper, ToIntFunction<String[]> importer)
      implements IFactory {
    @Override
    public <K> K create(Class<K> type) throws Exception {
      Object made;
      if (type.equals(ApiCommandOptions.class)) {
        made = new ApiCommandOptions(sleeper);
      } else if (type.equals(ImportArguments.class)) {
        made = new ImportArguments(importer);
      } else if (type.equals(StatusCommand.class)) {
        made = new StatusCommand(clock, sleeper);
      } else if (type.equals(ControlCommand.Pause.class)) {
        made = new ControlCommand.Pause(clock, sleeper);
      } else if (type.equals(ControlCommand.Resume.class)) {
        made = new ControlCommand.Resume(clock, sleeper);
      } else if (type.equals(ControlCommand.Stop.class)) {
        made = new ControlCommand.Stop(clock, sleeper);
      } else {
        made = CommandLine.defaultFactory().create(type);
      }
      return type.cast(made);
    }
  }

  private static boolean isMistake(Exception failure) {
    return failure instanceof IllegalArgumentException
        || failure instanceof UnreachableStoreException
        || (failure instanceof ApiException api
            && api.kind() == ApiException.Kind.PERMANENT
            && !(api instanceof OversizedAnswerException));
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
