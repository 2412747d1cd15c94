package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.manifest.ReadMessages;
import java.io.Serializable;
import java.time.Duration;
import javax.annotation.Nullable;

/**
 * What only a stream has to know, checked and typed.
 *
 * @param source of messages, or null when manifests are watched
 * @param watchInterval how often to look for manifests
 * @param maxBatchDelay how long an item waits for others at most
 */
public record StreamingSettings(
    @Nullable String source, Duration watchInterval, Duration maxBatchDelay)
    implements Serializable {

  /** A step may take as many requests, and one that has to wait in its midst begins anew. */
  private static final int LEAST_SHARE = 3;

  /**
   * Reads the options.
   *
   * @return null for a batch run
   * @throws IllegalArgumentException with one line for the user when a value can't be used
   */
  @Nullable
  static StreamingSettings of(ImportOptions options) {
    if (!options.isStreaming()) {
      if (options.getSource() != null) {
        throw new IllegalArgumentException("--source is read for ever: add --streaming");
      }
      return null;
    }
    if (options.getSource() != null && options.getManifest() != null) {
      throw new IllegalArgumentException(
          "--manifest and --source are two ways to say what to import: use only one");
    }
    if (options.getSource() != null) {
      ReadMessages.from(options.getSource());
      refuse(options.getExpand(), "--expand");
    }
    int share = options.getRequestsPerMinute() / Math.max(1, options.getApiLanes());
    if (options.getRequestsPerMinute() > 0 && share < LEAST_SHARE) {
      throw new IllegalArgumentException(
          "--apiLanes="
              + options.getApiLanes()
              + " leaves each lane of a stream "
              + share
              + " of --requestsPerMinute="
              + options.getRequestsPerMinute()
              + "; it needs "
              + LEAST_SHARE);
    }
    refuse(options.getManifestQuery() != null, "--manifestQuery");
    refuse(options.getSince() != null, "--since");
    refuse(options.getLimit() > 0, "--limit");
    refuse(options.getDryRun(), "--dryRun");
    return new StreamingSettings(
        options.getSource(),
        OptionValues.duration("--watchInterval", options.getWatchInterval()),
        OptionValues.duration("--maxBatchDelay", options.getMaxBatchDelay()));
  }

  private static void refuse(boolean isGiven, String option) {
    if (isGiven) {
      throw new IllegalArgumentException(
          option + " looks at a whole manifest: do not use it with --streaming");
    }
  }
}
