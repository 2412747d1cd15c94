package com.nomadicml.beam.expansion;

import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.annotation.Nullable;
import org.apache.beam.sdk.schemas.transforms.providers.ErrorHandling;

/** How mistakes and rejected rows are told in other languages. */
final class Errors {
  private static final String DEFAULT_OUTPUT = "errors";
  private static final Pattern OPTION = Pattern.compile("--([a-z][A-Za-z]*)");

  private Errors() {}

  /** The name of the output of rejected rows: the user's, as in Beam YAML's own transforms. */
  static String output(@Nullable ErrorHandling handling) {
    return handling == null ? DEFAULT_OUTPUT : handling.getOutput();
  }

  /** Names options in what goes wrong as the configuration does: status_table. */
  static <T> T named(Supplier<T> settings) {
    try {
      return settings.get();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          OPTION.matcher(String.valueOf(e.getMessage())).replaceAll(Errors::snakeCase), e);
    }
  }

  private static String snakeCase(MatchResult option) {
    return option.group(1).replaceAll("([A-Z])", "_$1").toLowerCase(java.util.Locale.ROOT);
  }
}
