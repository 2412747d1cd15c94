package com.nomadicml.beam.imports;

import javax.annotation.Nullable;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.SplitResult;

/**
 * Claims a lane's next progress. A lane is one thread by design, so it can only be cut off as a
 * whole: at fraction 0, with all that is left going to the residual.
 */
final class LaneTracker extends RestrictionTracker<LaneProgress, LaneProgress>
    implements RestrictionTracker.HasProgress {
  private LaneProgress current;
  private boolean cutOff;

  LaneTracker(LaneProgress restriction) {
    this.current = restriction;
  }

  @Override
  public boolean tryClaim(LaneProgress next) {
    if (cutOff) {
      return false;
    }
    current = next;
    return true;
  }

  @Override
  public LaneProgress currentRestriction() {
    return current;
  }

  @Override
  @Nullable
  public SplitResult<LaneProgress> trySplit(double fractionOfRemainder) {
    if (fractionOfRemainder != 0 || cutOff || current.isDone()) {
      return null;
    }
    SplitResult<LaneProgress> split = SplitResult.of(LaneProgress.NOTHING, current);
    current = LaneProgress.NOTHING;
    cutOff = true;
    return split;
  }

  @Override
  public void checkDone() {
    if (!current.isDone()) {
      throw new IllegalStateException("a lane was left with jobs that nobody will look at");
    }
  }

  @Override
  public IsBounded isBounded() {
    return IsBounded.BOUNDED;
  }

  @Override
  public Progress getProgress() {
    long done = current.jobs().stream().filter(JobProgress::done).count();
    return Progress.from(done, current.jobs().size() - done);
  }
}
