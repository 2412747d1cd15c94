package com.nomadicml.beam.pipeline;

import com.nomadicml.beam.model.JobState;
import com.nomadicml.beam.status.ImportedTarget;
import com.nomadicml.beam.status.RunSnapshot;
import com.nomadicml.beam.status.RunSnapshot.Batches;
import com.nomadicml.beam.status.RunSnapshot.Shown;
import com.nomadicml.beam.status.TargetReason;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * How far a run is with a target, as its batches tell.
 *
 * @param batches how many batches the target has; halves of one that was too large count instead of
 *     it
 */
record TargetProgress(ImportedTarget target, long batches, Sum items) {

  /**
   * Items of batches.
   *
   * @param requested items of all batches; one that is tried again is in several
   * @param failed items that have failed and are not tried again; so with those that are missing
   * @param unknown items of batches that are held, as it is not known whether the API has them
   * @param open items that are planned, in doubt or in work
   * @param stopped items that are not sent, as the first ones of their target have failed
   */
  record Sum(
      long requested,
      long uploaded,
      long failed,
      long missing,
      long refused,
      long unknown,
      long open,
      long stopped) {
    static final Sum NOTHING = new Sum(0, 0, 0, 0, 0, 0, 0, 0);

    Sum plus(Sum other) {
      return new Sum(
          requested + other.requested,
          uploaded + other.uploaded,
          failed + other.failed,
          missing + other.missing,
          refused + other.refused,
          unknown + other.unknown,
          open + other.open,
          stopped + other.stopped);
    }
  }

  /**
   * All targets of a run.
   *
   * @param maxAttempts what has failed with fewer is tried again, and counts when that has ended
   */
  static List<TargetProgress> of(RunSnapshot tables, int maxAttempts) {
    Map<ImportedTarget, TargetProgress> targets = new LinkedHashMap<>();
    for (Batches batches : tables.batches()) {
      // A batch that was cut in two is refused and not closed; its halves have its items.
      if (batches.state() != JobState.REFUSED || batches.isClosed()) {
        add(targets, batches.target(), batches.batches(), sum(batches, maxAttempts));
      }
    }
    for (Shown shown : tables.shown()) {
      add(targets, shown.target(), 0, sum(shown, maxAttempts));
    }
    return List.copyOf(targets.values());
  }

  /** The same and those of which nothing was sent, but which items were refused of. */
  static List<TargetProgress> with(List<TargetProgress> targets, List<TargetReason> reasons) {
    Map<ImportedTarget, TargetProgress> all = new LinkedHashMap<>();
    targets.forEach(target -> all.put(target.target(), target));
    reasons.stream()
        .map(TargetReason::target)
        .filter(Objects::nonNull)
        .forEach(target -> add(all, target, 0, Sum.NOTHING));
    return List.copyOf(all.values());
  }

  static Sum sum(List<TargetProgress> targets) {
    return targets.stream().map(TargetProgress::items).reduce(Sum.NOTHING, Sum::plus);
  }

  private static void add(
      Map<ImportedTarget, TargetProgress> targets, ImportedTarget target, long batches, Sum items) {
    targets.merge(
        target,
        new TargetProgress(target, batches, items),
        (one, other) ->
            new TargetProgress(
                target, one.batches() + other.batches(), one.items().plus(other.items())));
  }

  private static Sum sum(Batches of, int maxAttempts) {
    long items = of.requested();
    boolean isLast = of.attempt() >= maxAttempts;
    long failed = isLast ? of.failed() : 0;
    long missing = isLast ? of.missing() : 0;
    long rest = items - of.uploaded() - of.failed() - of.missing();
    return switch (of.state()) {
      case COMPLETED, INCOMPLETE ->
          new Sum(items, of.uploaded(), failed, missing, 0, 0, Math.max(0, rest), 0);
      // What is read of a job is in its rows.
      case PLANNED, SUBMITTED -> new Sum(items, 0, 0, 0, 0, 0, items, 0);
      case SUBMIT_UNKNOWN ->
          of.isClosed()
              ? new Sum(items, 0, 0, 0, 0, items, 0, 0)
              : new Sum(items, 0, 0, 0, 0, 0, items, 0);
      case REFUSED -> new Sum(items, 0, 0, 0, items, 0, 0, 0);
      case STOPPED -> new Sum(items, 0, 0, 0, 0, 0, 0, items);
    };
  }

  private static Sum sum(Shown of, int maxAttempts) {
    long items = of.items();
    boolean isLast = of.attempt() >= maxAttempts;
    return switch (of.state()) {
      case UPLOADED -> new Sum(0, items, 0, 0, 0, 0, -items, 0);
      case UPLOADING_FAILED -> isLast ? new Sum(0, 0, items, 0, 0, 0, -items, 0) : Sum.NOTHING;
      case MISSING -> isLast ? new Sum(0, 0, 0, items, 0, 0, -items, 0) : Sum.NOTHING;
      default -> Sum.NOTHING;
    };
  }
}
