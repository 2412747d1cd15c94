package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.status.MaskedUrl;
import java.util.Arrays;
import java.util.regex.Pattern;

/** Runs that are carried out by other processes than the one that starts them. */
final class RemoteWorkers {
  private static final Pattern CLUSTER =
      Pattern.compile("--flinkMaster=(?!\\[(auto|local|collection)]$).+");

  private RemoteWorkers() {}

  /**
   * Refuses tables that workers can't share: each would write to a file of its own, and two in one
   * process damage it, as they bring two copies of SQLite.
   *
   * @param args the command line that the options are of
   * @throws IllegalArgumentException with one line for the user
   */
  static void refuseLocalTables(ImportOptions options, String... args) {
    if (areUsed(options, args) && options.getStatusTable().startsWith("jdbc:sqlite:")) {
      refuse(
          "--statusTable",
          MaskedUrl.of(options.getStatusTable()),
          "bigquery:PROJECT.DATASET or jdbc:postgresql://HOST/DATABASE");
    }
  }

  private static boolean areUsed(ImportOptions options, String... args) {
    return switch (options.getRunner().getSimpleName()) {
      case "DirectRunner" -> false;
      case "FlinkRunner" -> Arrays.stream(args).anyMatch(CLUSTER.asMatchPredicate());
      default -> true;
    };
  }

  static void refuse(String option, String value, String instead) {
    throw new IllegalArgumentException(
        option
            + "="
            + value
            + " would be each worker's own: name one that all of them reach, as "
            + instead);
  }
}
