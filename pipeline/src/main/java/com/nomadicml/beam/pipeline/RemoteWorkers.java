package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.status.HolderProcess;
import com.nomadicml.beam.status.MaskedUrl;
import java.util.Set;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Hidden;
import org.apache.beam.sdk.options.PipelineOptions;

/** Runs that are carried out by other processes than the one that starts them. */
final class RemoteWorkers {
  private static final Set<String> EMBEDDED = Set.of("[auto]", "[local]", "[collection]");

  private RemoteWorkers() {}

  /** What is used of Flink's own options, which are not there in every build. */
  @Hidden
  public interface FlinkMaster extends PipelineOptions {
    @Default.String("[auto]")
    String getFlinkMaster();

    void setFlinkMaster(String master);
  }

  /**
   * Who holds what a run takes that this process starts: its life is the run's, or says nothing.
   */
  static HolderProcess holder(PipelineOptions options) {
    HolderProcess launcher = HolderProcess.current();
    return areUsed(options) ? launcher.ofOthers() : launcher;
  }

  /**
   * Refuses tables that workers can't share: each would write to a file of its own, and two in one
   * process damage it, as they bring two copies of SQLite.
   *
   * @throws IllegalArgumentException with one line for the user
   */
  static void refuseLocalTables(ImportOptions options) {
    if (areUsed(options) && options.getStatusTable().startsWith("jdbc:sqlite:")) {
      refuse(
          "--statusTable",
          MaskedUrl.of(options.getStatusTable()),
          "bigquery:PROJECT.DATASET or jdbc:postgresql://HOST/DATABASE");
    }
  }

  /** Whether a run is carried out elsewhere. */
  static boolean areUsed(PipelineOptions options) {
    return switch (options.getRunner().getSimpleName()) {
      case "DirectRunner" -> false;
      case "FlinkRunner" -> !EMBEDDED.contains(options.as(FlinkMaster.class).getFlinkMaster());
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
