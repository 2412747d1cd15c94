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
 * A mistake on the command line, in one line with the next step. It names options, commands and
 * files. It shows no other word: that may be a secret that was to be in a file.
 */
final class CommandMistake {
  /** So many letters apart, what is meant may be another name. */
  private static final int MOST_LETTERS = 3;

  /** What no secret looks like: a command, an option, or a file. */
  private static final Pattern HARMLESS =
      Pattern.compile(
          "[a-z-]{1,20}|--?[\\w-]{1,50}"
              + "|(?i)[\\w ./:*-]{1,200}\\.(avro|bz2|csv|gz|json|jsonl|parquet|tsv|txt|zst)");

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
    String what = HARMLESS.matcher(name).matches() ? " " + name : " of that name";
    return "there is no " + kind + what + nearest(name, names).orElse(otherwise);
  }

  private static String name(String argument) {
    return MaskedUrl.of(argument.replaceFirst("(?s)=.*", ""));
  }

  /** The name of a file; of any other word, where it stands. */
  private static String shown(String word, String... arguments) {
    if (HARMLESS.matcher(word).matches() && word.contains(".")) {
      return word;
    }
    return Arrays.stream(arguments)
        .takeWhile(argument -> !argument.equals(word))
        .filter(argument -> argument.startsWith("-"))
        .reduce((one, later) -> later)
        .map(option -> "the argument behind " + name(option))
        .orElse("an argument");
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
