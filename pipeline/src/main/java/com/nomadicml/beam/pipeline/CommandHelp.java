package com.nomadicml.beam.pipeline;

import static java.util.stream.Collectors.joining;
import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_COMMAND_LIST;
import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING;
import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_OPTION_LIST;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** How the commands explain themselves: each on a screen. */
final class CommandHelp {
  private static final int COLUMNS = 80;
  private static final int LONGEST_OPTION = 24;

  /** The options that {@code --help} tells where a command has more than a screen of them. */
  private static final Map<String, Set<String>> COMMON =
      Map.of(
          ImportArguments.NAME,
          Set.of(
              "manifest",
              "folder",
              "integrations",
              "statusTable",
              "apiKeySecret",
              "maxAttempts",
              "dryRun",
              "emulator",
              "progress",
              "help",
              "version"),
          "emulator",
          Set.of(
              "port",
              "apiKey",
              "seed",
              "requestsPerMinute",
              "requestsPerDay",
              "idempotency",
              "appearWithin",
              "processWithin",
              "videosPerSecond",
              "tooManyRequests",
              "errorBefore",
              "errorAfter",
              "lostAnswers",
              "missingRows",
              "failedRows",
              "help",
              "version"));

  /** Commands by what they are for, those of a line together; all others follow. */
  private static final List<Group> GROUPS =
      List.of(
          new Group("Commands", List.of(List.of(ImportArguments.NAME), List.of("integrations"))),
          new Group(
              "Runs",
              List.of(List.of("status"), List.of("pause", "resume", "stop"), List.of("job"))));

  private static final String CONTROL = "Ask a run to wait, to go on, or to end.";

  private record Group(String title, List<List<String>> lines) {}

  private CommandHelp() {}

  /** Lets a command, and those below it, explain themselves on a screen each. */
  static void fitScreen(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    if (spec.usageMessage().footer().length == 0) {
      spec.usageMessage().footer(spec.parent().usageMessage().footer());
    }
    spec.versionProvider(new Version());
    spec.usageMessage().width(COLUMNS).longOptionsMaxWidth(LONGEST_OPTION).abbreviateSynopsis(true);
    if (COMMON.containsKey(spec.name())) {
      set(command, SECTION_KEY_OPTION_LIST, help -> options(help, COMMON.get(spec.name())));
    }
    if (spec.parent() == null) {
      set(command, SECTION_KEY_COMMAND_LIST_HEADING, help -> "");
      set(command, SECTION_KEY_COMMAND_LIST, CommandHelp::commands);
      set(command, SECTION_KEY_OPTION_LIST, help -> "");
    }
    command.getSubcommands().values().forEach(CommandHelp::fitScreen);
  }

  /** Lets a command tell all its options. */
  static void showAllOptions(CommandLine command) {
    if (COMMON.containsKey(command.getCommandName())) {
      set(command, SECTION_KEY_OPTION_LIST, help -> options(help, Set.of()));
    }
  }

  private static void set(CommandLine command, String section, IHelpSectionRenderer text) {
    Map<String, IHelpSectionRenderer> sections = new TreeMap<>(command.getHelpSectionMap());
    sections.put(section, text);
    // The method of the command line itself changes those below, too.
    command.getCommandSpec().usageMessage().sectionMap(sections);
  }

  private static String commands(Help help) {
    Map<String, Help> others = new LinkedHashMap<>(help.subcommands());
    StringBuilder text = new StringBuilder();
    for (Group group : GROUPS) {
      group.lines().forEach(others.keySet()::removeAll);
      text.append(commands(help, group));
    }
    List<List<String>> lines = others.keySet().stream().map(List::of).toList();
    return text.append(commands(help, new Group("Others", lines))).toString();
  }

  private static String commands(Help help, Group group) {
    StringBuilder text = new StringBuilder(group.title() + "\n");
    for (List<String> names : group.lines()) {
      CommandSpec first = help.subcommands().get(names.get(0)).commandSpec();
      String what = names.size() > 1 ? CONTROL : first.usageMessage().description()[0];
      text.append(String.format("  %-19s  %s%n", String.join(", ", names), what));
    }
    return text.toString();
  }

  /** Those that are named, with their first sentence; without names all, with all that they do. */
  private static String options(Help help, Set<String> names) {
    boolean isAll = names.isEmpty();
    Map<String, List<OptionSpec>> groups = new LinkedHashMap<>();
    boolean isImport = help.commandSpec().name().equals(ImportArguments.NAME);
    if (isImport) {
      for (ImportOptionGroup group : ImportOptionGroup.values()) {
        groups.put(group.title(), new ArrayList<>());
      }
    }
    for (OptionSpec option : help.commandSpec().options()) {
      String name = option.longestName().substring(2);
      if (!option.hidden() && (isAll || names.contains(name))) {
        String group = isImport ? ImportOptionGroup.of(name).title() : "";
        groups
            .computeIfAbsent(group, title -> new ArrayList<>())
            .add(isAll ? option : brief(option));
      }
    }
    groups.values().removeIf(List::isEmpty);
    List<OptionSpec> all = groups.values().stream().flatMap(List::stream).toList();
    return groups.entrySet().stream()
        .map(
            group ->
                (group.getKey().isEmpty() ? "" : group.getKey() + "\n")
                    + help.optionListExcludingGroups(
                        group.getValue(),
                        help.createDefaultLayout(all, List.of(), help.colorScheme()),
                        null,
                        help.parameterLabelRenderer()))
        .collect(joining());
  }

  private static OptionSpec brief(OptionSpec option) {
    String[] text = option.description();
    return text.length == 1 ? option : OptionSpec.builder(option).description(text[0]).build();
  }
}
