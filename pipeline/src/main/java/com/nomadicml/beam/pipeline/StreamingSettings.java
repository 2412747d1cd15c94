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
