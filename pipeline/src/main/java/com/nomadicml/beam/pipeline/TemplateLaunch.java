package com.nomadicml.beam.pipeline;

import com.google.common.base.Strings;
import com.nomadicml.beam.manifest.ManifestPaths;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.beam.runners.dataflow.DataflowRunner;
import org.apache.beam.runners.dataflow.options.DataflowPipelineOptions;
import org.apache.beam.sdk.io.FileSystems;

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

  private static void refuseLocal(String option, List<String> paths) {
    paths.stream()
        .filter(path -> !REMOTE.matcher(path).lookingAt())
        .findFirst()
        .ifPresent(path -> RemoteWorkers.refuse(option, path, "gs://BUCKET/…"));
  }

  /**
   * Refuses what a launched job can't keep.
   *
   * @throws IllegalArgumentException with one line for the user
   */
  static void check(ImportOptions options) {
    if (options.getApiKeySecret().startsWith("env:")) {
      RemoteWorkers.refuse(
          "--apiKeySecret",
          options.getApiKeySecret(),
          "projects/PROJECT/secrets/NAME/versions/latest or the ARN of a secret in AWS");
    }
    if (Strings.nullToEmpty(options.getStatusTableSecret()).matches("(env|file):.*")) {
      RemoteWorkers.refuse(
          "--statusTableSecret",
          options.getStatusTableSecret(),
          "projects/PROJECT/secrets/NAME/versions/latest or the ARN of a secret in AWS");
    }
    // A bucket is asked whether a comma stands in a name.
    FileSystems.setDefaultPipelineOptions(options);
    refuseLocal("--manifest", ManifestPaths.split(Strings.nullToEmpty(options.getManifest())));
    String deadLetter = Strings.nullToEmpty(options.getDeadLetter()).strip();
    if (!deadLetter.isEmpty() && !DeadLetters.isTopic(deadLetter)) {
      refuseLocal("--deadLetter", List.of(deadLetter));
    }
    if (options.getFailureThreshold() != 0) {
      throw new IllegalArgumentException(
          "--failureThreshold is watched by the process that starts the run, and a template's"
              + " launcher ends before its job: omit it");
    }
    if (options.getDryRun()) {
      throw new IllegalArgumentException(
          "--dryRun prints its report where it is started, and a template's launcher has no"
              + " reader: omit it, or run ./nomadic-import --dryRun");
    }
  }
}
