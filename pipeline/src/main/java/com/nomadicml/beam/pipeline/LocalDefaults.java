package com.nomadicml.beam.pipeline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a run on this machine gets when its command line does not say otherwise. */
final class LocalDefaults {
  /** Where the status tables are, and where those of {@code --emulator} are. */
  static final String TABLE = "jdbc:sqlite:import-status.db";

  static final String EMULATOR_TABLE = "jdbc:sqlite:import-status.emulator.db";

  private LocalDefaults() {}

  /**
   * Turns the direct runner's per-element checks off (tests keep them) and gives it as many threads
   * as it has a use for, lets a stream on Flink keep its sources, take checkpoints and end its
   * bundles before them, asks Dataflow for its Runner v2, gives the emulator tables of its own, and
   * keeps Beam's AWS options from asking an instance-metadata service that is only there on AWS.
   */
  static String[] apply(String... args) {
    List<String> all = new ArrayList<>(Arrays.asList(args));
    boolean direct =
        all.stream().noneMatch(arg -> arg.startsWith("--runner="))
            || all.contains("--runner=DirectRunner");
    if (direct) {
      addDefault(all, "--enforceImmutability", "false");
      addDefault(all, "--enforceEncodability", "false");
      // The launcher has to keep the leases, and may have to stop the run.
      addDefault(all, "--blockOnRun", "false");
      // Two at least, as a step may wait for the quota. One that finds nothing to do looks for work
      // all the time, so there are no more than processors.
      int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
      addDefault(all, "--targetParallelism", String.valueOf(threads));
    }
    boolean flink = all.contains("--runner=FlinkRunner");
    if (flink) {
      // Beam's own join of many rows under one key reads them again.
      addDefault(all, "--reIterableGroupByKeyResult", "true");
    }
    boolean streams = all.stream().anyMatch(arg -> arg.matches("--streaming(=true)?"));
    if (flink && streams) {
      // Without either, what only waits for time would be fired again and again, and never end.
      addDefault(all, "--checkpointingInterval", "10000");
      addDefault(all, "--shutdownSourcesAfterIdleMs", String.valueOf(Long.MAX_VALUE));
      // Else what a bundle yields as a checkpoint ends it lies there until more elements come.
      addDefault(all, "--finishBundleBeforeCheckpointing", "true");
      if (EmbeddedCheckpoints.isNeeded(all, System.getenv("FLINK_CONF_DIR") != null)) {
        all.add("--stateBackend=filesystem");
        all.add("--stateBackendStoragePath=" + EmbeddedCheckpoints.folder().toUri());
      }
      // The launcher may have to stop it; a batch run stays attached, and so tells why it broke.
      addDefault(all, "--attachedMode", "false");
    }
    if (all.contains("--runner=DataflowRunner")
        && all.stream().noneMatch(arg -> arg.matches("--experiments=.*_runner_v2.*"))) {
      // PollImports is a splittable DoFn. The older runner takes no checkpoint of one in batch, so
      // a worker that is lost would lose its place; nor does it end one of a drained stream.
      all.add("--experiments=use_runner_v2");
    }
    if (all.stream().anyMatch(arg -> arg.matches("--emulator(=true)?"))) {
      addDefault(all, "--statusTable", EMULATOR_TABLE);
    }
    boolean usesAws = all.stream().anyMatch(arg -> arg.contains("s3://") || arg.contains("=sqs:"));
    boolean hasRegion =
        System.getenv("AWS_REGION") != null || System.getProperty("aws.region") != null;
    if (!usesAws && !hasRegion) {
      // Parsed, but never used: no file of this run lies on S3.
      System.setProperty("aws.region", "us-east-1");
    }
    return all.toArray(new String[0]);
  }

  private static void addDefault(List<String> args, String option, String value) {
    if (args.stream().noneMatch(arg -> arg.startsWith(option))) {
      args.add(option + "=" + value);
    }
  }
}
