package com.nomadicml.beam.pipeline;

import java.io.PrintWriter;
import java.util.Locale;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints a script that completes the command line: one for both shells. */
@Command(
    name = CompletionCommand.NAME,
    mixinStandardHelpOptions = true,
    description = "Prints a script that completes commands and options.",
    footer = {
      "",
      "Examples",
      "  source <(./nomadic-import completion bash)",
      "  source <(./nomadic-import completion zsh)",
      "",
      "More: docs/operations.md"
    })
final class CompletionCommand implements Runnable {
  static final String NAME = "completion";

  /** Picocli's script expects an option and its value in two words, and bash makes three of it. */
  private static final String SPLIT_AT_EQUALS_SIGNS =
      """

      # Bash takes the = of --name=value for a word of its own.
      if [ -n "$BASH_VERSION" ]; then
        function _nomadic_import_without_equals_signs() {
          local -a words=()
          local i at=0
          for ((i = 0; i < ${#COMP_WORDS[@]}; i++)); do
            if [[ ${COMP_WORDS[i]} != "=" ]]; then
              words+=("${COMP_WORDS[i]}")
            elif ((i == COMP_CWORD)); then
              words+=("")
            fi
            ((i != COMP_CWORD)) || at=$((${#words[@]} - 1))
          done
          local -a COMP_WORDS=("${words[@]}")
          local COMP_CWORD=$at
          _complete_nomadic-import
        }
        complete -F _nomadic_import_without_equals_signs -o default nomadic-import
      fi
      """;

  enum Shell {
    BASH,
    ZSH;

    /** As it is called. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "SHELL", description = "One of: ${COMPLETION-CANDIDATES}.")
  private Shell shell;

  @Override
  public void run() {
    CommandSpec root = spec.root();
    // An import needs no name, so its options follow the program's as well.
    for (OptionSpec option :
        root.subcommands().get(ImportArguments.NAME).getCommandSpec().options()) {
      if (!root.optionsMap().containsKey(option.longestName())) {
        root.addOption(option);
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    out.print(AutoComplete.bash(root.name(), root.commandLine()) + SPLIT_AT_EQUALS_SIGNS);
    out.flush();
  }
}
