package com.nomadicml.beam.pipeline;

import com.google.common.base.Splitter;
import com.google.common.base.Strings;
import java.util.regex.Pattern;
import javax.annotation.Nullable;
import org.apache.beam.runners.dataflow.DataflowRunner;
import org.apache.beam.runners.dataflow.options.DataflowPipelineOptions;

/**
 * A launch of Dataflow's Flex Templates: the job's graph is written to {@code --templateLocation},
 * and Dataflow starts the job when this process has ended. So nobody watches the job; see {@link
 * EndRun} for who ends its row.
 */
final class TemplateLaunch {
  private static final Pattern REMOTE = Pattern.compile("(?!file:)[a-z0-9]+://|bigquery:");

  private TemplateLaunch() {}

  /** Whether these options launch a job and do not run it. */
  static boolean isOne(ImportOptions options) {
    return options.getRunner() == DataflowRunner.class
        && options.as(DataflowPipelineOptions.class).getTemplateLocation() != null;
  }

  private static void refuseLocal(String option, @Nullable String paths) {
    Splitter.on(',')
        .trimResults()
        .omitEmptyStrings()
        .splitToStream(Strings.nullToEmpty(paths))
        .filter(path -> !REMOTE.matcher(path).lookingAt())
        .findFirst()
        .ifPresent(
            path -> {
              throw new IllegalArgumentException(
                  option
                      + "="
                      + path
                      + " would be a path of each worker's own: name one that all of them reach, as"
                      + " gs://BUCKET/…");
            });
  }

  /**
   * Refuses what a launched job can't keep.
   *
   * @throws IllegalArgumentException with one line for the user
   */
  static void check(ImportOptions options) {
    if (options.getApiKeySecret().startsWith("env:")) {
      throw new IllegalArgumentException(
          "--apiKeySecret="
              + options.getApiKeySecret()
              + " would be looked for on each worker: name a secret that all of them reach, as"
              + " projects/PROJECT/secrets/NAME/versions/latest or the ARN of one in AWS");
    }
    refuseLocal("--manifest", options.getManifest());
    refuseLocal("--deadLetter", options.getDeadLetter());
    if (options.getStatusTable().startsWith("jdbc:sqlite:")) {
      throw new IllegalArgumentException(
          "--statusTable="
              + options.getStatusTable()
              + " would be a file of each worker's own: name a table that all of them reach, as"
              + " bigquery:PROJECT.DATASET or jdbc:postgresql://HOST/DATABASE");
    }
    if (options.getFailureThreshold() != 0) {
      throw new IllegalArgumentException(
          "--failureThreshold is watched by the process that starts the run, and a template's"
              + " launcher ends before its job: leave it away");
    }
    if (options.getDryRun()) {
      throw new IllegalArgumentException(
          "--dryRun prints its report where it is started, and a template's launcher has no"
              + " reader: leave it away, or run ./nomadic-import --dryRun");
    }
  }
}
