package com.nomadicml.beam.expansion;

import com.nomadicml.beam.manifest.EntryRows;
import com.nomadicml.beam.manifest.ManifestException;
import com.nomadicml.beam.model.Rejection;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.annotation.Nullable;
import org.apache.beam.sdk.schemas.transforms.providers.ErrorHandling;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TypeDescriptors;

/** How mistakes and rejected rows are told in other languages. */
final class Errors {
  private static final String DEFAULT_OUTPUT = "errors";
  private static final Pattern OPTION = Pattern.compile("--([a-z][A-Za-z]*)");

  private Errors() {}

  /** The name of the output of rejected rows: the user's, as in Beam YAML's own transforms. */
  static String output(@Nullable ErrorHandling handling) {
    return handling == null ? DEFAULT_OUTPUT : handling.getOutput();
  }

  /** Bad lines and rows, as rows. */
  static PCollection<Row> rows(PCollection<Rejection> rejections) {
    return rejections
        .apply("ErrorRows", MapElements.into(TypeDescriptors.rows()).via(EntryRows::of))
        .setRowSchema(EntryRows.REJECTION);
  }

  /** Names options in what goes wrong as the configuration does: status_table. */
  static <T> T named(Supplier<T> built) {
    try {
      return built.get();
    } catch (IllegalArgumentException | ManifestException e) {
      throw new IllegalArgumentException(
          OPTION.matcher(String.valueOf(e.getMessage())).replaceAll(Errors::snakeCase), e);
    }
  }

  private static String snakeCase(MatchResult option) {
    return option.group(1).replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }
}
