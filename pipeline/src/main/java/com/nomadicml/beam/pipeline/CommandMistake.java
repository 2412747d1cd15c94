package com.nomadicml.beam.pipeline;

import static java.util.Comparator.comparingInt;

import com.nomadicml.beam.status.MaskedUrl;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.beam.sdk.util.StringUtils;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * A mistake on the command line, in one line with the next step. It names options and commands,
 * never values: one may be a secret that was to be in a file.
 */
final class CommandMistake {
  /** So many letters apart, what is meant may be another name. */
  private static final int MOST_LETTERS = 3;

  private static final Pattern SECRET =
      Pattern.compile("-.*(secret|key|token|password|credential).*", Pattern.CASE_INSENSITIVE);

  private CommandMistake() {}

  /**
   * @param arguments that were given
   */
  static String text(ParameterException mistake, String... arguments) {
    CommandLine command = mistake.getCommandLine();
    String help = "; see " + command.getCommandSpec().qualifiedName() + " --help";
    if (!(mistake instanceof UnmatchedArgumentException unmatched)) {
      return mistake.getMessage() + help;
    }
    List<String> words = unmatched.getUnmatched();
    String first = words.get(0);
    if (!first.startsWith("-") && !command.getSubcommands().isEmpty()) {
      return unknown("command", first, command.getSubcommands().keySet(), help);
    }
    return words.stream()
        .filter(word -> word.startsWith("-"))
        .findFirst()
        .map(word -> unknown("option", word, command.getCommandSpec().optionsMap().keySet(), help))
        .orElseGet(
            () ->
                shown(first, arguments) + " belongs to no option: an option begins with --" + help);
  }

  private static String unknown(
      String kind, String word, Collection<String> names, String otherwise) {
    String name = name(word);
    return "there is no " + kind + " " + name + nearest(name, names).orElse(otherwise);
  }

  private static String name(String argument) {
    return MaskedUrl.of(argument.replaceFirst("(?s)=.*", ""));
  }

  /** A word alone, unless what stands before it says that it may be a secret. */
  private static String shown(String word, String... arguments) {
    int at = Arrays.asList(arguments).lastIndexOf(word);
    String before = at > 0 ? name(arguments[at - 1]) : "";
    return SECRET.matcher(before).matches() ? "the argument behind " + before : name(word);
  }

  private static Optional<String> nearest(String typed, Collection<String> names) {
    int most = Math.min(MOST_LETTERS, typed.replaceFirst("^-+", "").length() / 2);
    return names.stream()
        .filter(name -> distance(typed, name) <= most)
        .min(comparingInt(name -> distance(typed, name)))
        .map(name -> "; did you mean " + name + "?");
  }

  /** In letters; the beginning of a name is near to it. */
  private static int distance(String typed, String name) {
    String begun = typed.toLowerCase(Locale.ROOT);
    String whole = name.toLowerCase(Locale.ROOT);
    return whole.startsWith(begun) ? 1 : StringUtils.getLevenshteinDistance(begun, whole);
  }
}
