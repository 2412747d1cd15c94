package com.nomadicml.beam.pipeline;

import com.google.auto.value.AutoValue;
import com.nomadicml.beam.imports.lane.Canaries;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;

/** What a plan holds for one target and one step of it. */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class TargetTally {
  /** What is to be done with the items. */
  public enum Step {
    /** Sent for the first time. */
    SEND,
    /** Sent once more after it failed. */
    TRY_AGAIN,
    /** Planned by an earlier run, and sent with the same key. */
    SEND_AS_PLANNED,
    /** Sent by an earlier run, and awaited. */
    AWAIT
  }

  public abstract String getTarget();

  /** The folder to be looked up, or empty. */
  public abstract String getDestination();

  /** As a URI. */
  public abstract String getBucket();

  /** The integration's id, or empty. */
  public abstract String getIntegration();

  public abstract Step getStep();

  public abstract long getItems();

  public abstract long getBatches();

  /** Pages that the batches' jobs have, each read once. */
  public abstract long getPages();

  public static TargetTally of(
      String target,
      String destination,
      String bucket,
      String integration,
      Step step,
      long items,
      long batches,
      long pages) {
    return new AutoValue_TargetTally(
        target, destination, bucket, integration, step, items, batches, pages);
  }

  /**
   * One POST a batch and each page once.
   *
   * @param canary whether a target of several batches has a canary: a POST more, and its page
   * @param lane whether a lane reads that page, once; other parts read it for the verdict, and
   *     again
   */
  final long requests(boolean canary) {
    long posts = getStep() == Step.AWAIT ? 0 : getBatches();
    return posts + getPages() + (canary ? canaryRequests() : 0);
  }

  private long canaryRequests() {
    if (getBatches() < 2 || getStep() == Step.AWAIT || getStep() == Step.SEND_AS_PLANNED) {
      return 0;
    }
    boolean isCutOff = getItems() / getBatches() > Canaries.MAX_ITEMS;
    return isCutOff ? 2 : 0;
  }
}
