package com.nomadicml.beam.pipeline;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code nomadic-import help COMMAND}: as {@code COMMAND --help}, or with all its options. */
@Command(
    name = HelpCommand.NAME,
    helpCommand = true,
    mixinStandardHelpOptions = true,
    description = "Explains a command.",
    footer = {"", "Example", "  nomadic-import help import --all", "", "More: README.md"})
final class HelpCommand implements Runnable {
  static final String NAME = "help";

  @Spec private CommandSpec spec;

  @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "Its name.")
  private List<String> names = List.of();

  @Option(names = "--all", description = "Tells all options, not only the most common ones.")
  private boolean all;

  @Override
  public void run() {
    CommandLine command = spec.commandLine().getParent();
    for (String name : names) {
      CommandLine below = command.getSubcommands().get(name);
      if (below == null) {
        throw new UnmatchedArgumentException(command, List.of(name));
      }
      command = below;
    }
    if (all) {
      CommandHelp.showAllOptions(command);
    }
    command.usage(spec.commandLine().getOut());
  }
}
