package com.nomadicml.beam.pipeline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a run on this machine gets when its command line does not say otherwise. */
final class LocalDefaults {
  private LocalDefaults() {}

  /**
   * Turns the direct runner's per-element checks off (tests keep them), and keeps Beam's AWS
   * options from asking an instance-metadata service that is only there on AWS.
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
